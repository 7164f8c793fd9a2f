using System.Globalization;
using System.Net;

namespace Conference.Cluster.Tests.Support;

/// <summary>A network of its own for one node, with a cable to the switch of a <see cref="Network"/>.</summary>
public sealed class Namespace : IAsyncDisposable
{
    private readonly string _name;
    private bool _isCut;

    private Namespace(string name, IPAddress address) => (_name, Address) = (name, address);

    /// <summary>The node's.</summary>
    public IPAddress Address { get; }

    /// <summary>What goes before a program that is to run in it.</summary>
    public string[] Command => ["ip", "netns", "exec", _name];

    /// <param name="name">Unlike any other on this machine.</param>
    /// <param name="address">Its own.</param>
    /// <param name="bridge">What it is joined to.</param>
    public static async Task<Namespace> CreateAsync(string name, IPAddress address, string bridge)
    {
        await Network.RunAsync($"ip netns add {name}");
        await Network.RunAsync($"ip link add {name}o type veth peer name {name}i netns {name}");
        await Network.RunAsync($"ip link set {name}o master {bridge} up");
        await Network.RunAsync($"ip -n {name} addr add {address}/24 dev {name}i");
        await Network.RunAsync($"ip -n {name} link set {name}i up");
        await Network.RunAsync($"ip -n {name} link set lo up");
        return new Namespace(name, address);
    }

    /// <summary>Nothing goes to this address any more, nor comes from it; no reset tells.</summary>
    public Task CutAsync(IPAddress other) => DropAsync($"ip daddr {other}", $"ip saddr {other}");

    /// <summary>The same, for one TCP port of it.</summary>
    public Task CutAsync(IPAddress other, int port) =>
        DropAsync(string.Create(CultureInfo.InvariantCulture, $"ip daddr {other} tcp dport {port}"), string.Create(CultureInfo.InvariantCulture, $"ip saddr {other} tcp sport {port}"));

    public async Task HealAsync()
    {
        if (_isCut)
            await Network.RunAsync($"ip netns exec {_name} nft delete table inet cut");
        _isCut = false;
    }

    public async ValueTask DisposeAsync() => await Network.RunAsync($"ip netns delete {_name}");

    private async Task DropAsync(string outgoing, string incoming)
    {
        if (!_isCut)
        {
            await Network.RunAsync($"ip netns exec {_name} nft add table inet cut");
            foreach (string chain in (string[])["input", "output"])
                await Network.RunAsync($"ip netns exec {_name} nft add chain inet cut {chain} {{ type filter hook {chain} priority 0 ; }}");
        }

        _isCut = true;
        await Network.RunAsync($"ip netns exec {_name} nft add rule inet cut output {outgoing} drop");
        await Network.RunAsync($"ip netns exec {_name} nft add rule inet cut input {incoming} drop");
    }
}
