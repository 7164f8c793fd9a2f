using System.Net;
using System.Net.Sockets;
using Conference.Protocol.Addresses;

namespace Conference.Node.Web;

/// <summary>Where browsers are told to send their media: <c>Web:Advertise</c>, or else the address that their request came to.</summary>
/// <param name="advertise">An address, or a name that is looked up each time; null where it is not set.</param>
internal sealed class WebAddress(string? advertise)
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(5);

    /// <returns>Null where the name cannot be looked up.</returns>
    public async Task<IPAddress?> OfAsync(WebCaller caller)
    {
        if (advertise is null)
            return caller.Local is { } local ? WithoutZone(local) : null;
        if (ServedHosts.TryParseAddress(advertise, out var address))
            return address;
        try
        {
            using var limit = new CancellationTokenSource(_deadline);
            var addresses = await Dns.GetHostAddressesAsync(advertise, limit.Token);
            // Who came by IPv4 may have nothing else.
            return addresses.OrderByDescending(a => a.AddressFamily == caller.Client.AddressFamily).FirstOrDefault();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>A zone means something on this machine only.</summary>
    private static IPAddress WithoutZone(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;
}
