using System.Net;
using Conference.Protocol.Addresses;
using Microsoft.AspNetCore.Connections;

namespace Conference.Node.Qcvc.Proxies;

/// <summary>Who a connection is from: its TCP peer; or, where that is a proxy of the operator's, whom the proxy says in its PROXY header.</summary>
/// <param name="trusted"><c>Qcvc:TrustedProxies</c>. Such a peer always sends a header: to guess would be to let clients write it.</param>
public sealed class ProxyGate(IReadOnlyList<IPNetwork> trusted)
{
    /// <summary>How long a proxy may take over its header.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);

    /// <returns>Null where a proxy sent no header, or none in time.</returns>
    public async Task<ProxiedConnection?> IdentifyAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var direct = new ProxiedConnection(AddressOf(connection.RemoteEndPoint), AddressOf(connection.LocalEndPoint));
        return trusted.Any(t => t.Contains(direct.Client)) ? await ReadAsync(connection, direct) : direct;
    }

    private static async Task<ProxiedConnection?> ReadAsync(ConnectionContext connection, ProxiedConnection direct)
    {
        var input = connection.Transport.Input;
        using var limit = new CancellationTokenSource(_limit);
        try
        {
            while (true)
            {
                var result = await input.ReadAsync(limit.Token);
                bool? isWhole = ProxyHeader.TryRead(result.Buffer, out int length, out var proxied);
                if (isWhole == true)
                {
                    input.AdvanceTo(result.Buffer.GetPosition(length));
                    return proxied ?? direct;
                }

                input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                if (isWhole == false || result.IsCompleted)
                    return null;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static IPAddress AddressOf(EndPoint? endpoint) => ((endpoint as IPEndPoint)?.Address ?? IPAddress.None).Plain();
}
