using System.Net;
using System.Net.Sockets;

namespace Conference.Node.Webhooks;

/// <summary>What a receiver's URL must be, where it is stored. Where it leads is looked at again for every connection (<see cref="WebhookSender"/>).</summary>
internal static class WebhookUrl
{
    public const int Longest = 2048;

    private static readonly TimeSpan _lookUp = TimeSpan.FromSeconds(2);

    /// <returns>Why not; null where it may be.</returns>
    public static async Task<string?> RefuseAsync(string text, bool allowPrivate, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.IdnHost.Length == 0)
            return "url must be an absolute URL of http or https";
        if (url.UserInfo.Length > 0 || url.Fragment.Length > 0)
            return "url must be without a user, a password and a fragment";
        if (!allowPrivate && (await AddressesAsync(url, cancellationToken)).Any(a => !PublicAddress.Is(a)))
            return "url must lead to public addresses";
        return null;
    }

    /// <summary>None where the name is not known now; it may be by the time something is sent.</summary>
    private static async Task<IPAddress[]> AddressesAsync(Uri url, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out var address))
            return [address];
        try
        {
            return await Dns.GetHostAddressesAsync(url.IdnHost, cancellationToken).WaitAsync(_lookUp, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or TimeoutException or ArgumentException)
        {
            return [];
        }
    }
}
