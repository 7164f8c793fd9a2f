using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Conference.Cluster.Tests.Support;

/// <summary>
/// Networks of their own for some nodes (<see cref="Namespace"/>), joined by a switch to each other and to this machine, where the database is. Every
/// cable can be cut: nothing passes and no reset tells. Needs to be root.
/// </summary>
public sealed class Network : IAsyncDisposable
{
    private static int s_made;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"c{Environment.ProcessId}x{Interlocked.Increment(ref s_made)}");
    private readonly string _subnet;
    private readonly List<Namespace> _namespaces = [];

    private Network() => _subnet = string.Create(CultureInfo.InvariantCulture, $"10.{200 + (s_made % 50)}.{Environment.ProcessId % 250}");

    /// <summary>This machine's.</summary>
    public IPAddress Outside => IPAddress.Parse(_subnet + ".1");

    public IReadOnlyList<Namespace> Namespaces => _namespaces;

    /// <summary>So many, each with a way to all others.</summary>
    public static async Task<Network> CreateAsync(int namespaces)
    {
        Assert.SkipUnless(Environment.UserName == "root", "network namespaces want root");
        var network = new Network();
        await RunAsync($"ip link add {network._name} type bridge");
        await RunAsync($"ip addr add {network.Outside}/24 dev {network._name}");
        await RunAsync($"ip link set {network._name} up");
        for (int i = 0; i < namespaces; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{network._name}n{i}");
            var address = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"{network._subnet}.{10 + i}"));
            network._namespaces.Add(await Namespace.CreateAsync(name, address, network._name));
        }

        return network;
    }

    /// <summary>Each of the first is cut off from each of the others.</summary>
    public static async Task CutAsync(IEnumerable<Namespace> ones, params Namespace[] others)
    {
        foreach (var one in ones)
        {
            foreach (var other in others)
                await one.CutAsync(other.Address);
        }
    }

    /// <summary>Nothing is cut any more.</summary>
    public async Task HealAsync()
    {
        foreach (var one in _namespaces)
            await one.HealAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _namespaces)
            await one.DisposeAsync();
        await RunAsync($"ip link delete {_name}");
    }

    internal static async Task RunAsync(string command)
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
