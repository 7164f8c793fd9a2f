using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Conference.Cluster.Tests.Support;

/// <summary>A network of its own for one node, joined to this machine by a cable that can be cut port by port. Needs to be root.</summary>
public sealed class Namespace : IAsyncDisposable
{
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"conf{Environment.ProcessId}");

    private Namespace()
    {
    }

    /// <summary>This machine's end.</summary>
    public IPAddress Outside { get; } = IPAddress.Parse("10.213.0.1");

    /// <summary>The node's end.</summary>
    public IPAddress Inside { get; } = IPAddress.Parse("10.213.0.2");

    /// <summary>What goes before a program that is to run in it.</summary>
    public string[] Command => ["ip", "netns", "exec", _name];

    public static async Task<Namespace> CreateAsync()
    {
        var made = new Namespace();
        await RunAsync($"ip netns add {made._name}");
        await RunAsync($"ip link add {made._name}o type veth peer name {made._name}i netns {made._name}");
        await RunAsync($"ip addr add {made.Outside}/30 dev {made._name}o");
        await RunAsync($"ip link set {made._name}o up");
        await RunAsync($"ip -n {made._name} addr add {made.Inside}/30 dev {made._name}i");
        await RunAsync($"ip -n {made._name} link set {made._name}i up");
        await RunAsync($"ip -n {made._name} link set lo up");
        return made;
    }

    /// <summary>Nothing goes to these TCP ports any more, nor comes from them, in either direction; no reset tells.</summary>
    public async Task CutAsync(params int[] ports)
    {
        string set = string.Join(", ", ports);
        await RunAsync($"ip netns exec {_name} nft add table inet cut");
        foreach (string chain in (string[])["input", "output"])
        {
            await RunAsync($"ip netns exec {_name} nft add chain inet cut {chain} {{ type filter hook {chain} priority 0 ; }}");
            await RunAsync($"ip netns exec {_name} nft add rule inet cut {chain} tcp dport {{ {set} }} drop");
            await RunAsync($"ip netns exec {_name} nft add rule inet cut {chain} tcp sport {{ {set} }} drop");
        }
    }

    public Task HealAsync() => RunAsync($"ip netns exec {_name} nft delete table inet cut");

    public async ValueTask DisposeAsync() => await RunAsync($"ip netns delete {_name}");

    private static async Task RunAsync(string command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[..command.IndexOf(' ', StringComparison.Ordinal)], command[(command.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split(' '))
        {
            RedirectStandardError = true,
        })!;
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{command}: {error}");
    }
}
