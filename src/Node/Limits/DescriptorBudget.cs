using Conference.Node.Settings;

namespace Conference.Node.Limits;

/// <summary>
/// How the descriptors of the process are shared out. A process that has none left cannot load its own code, and .NET ends it: so what clients may use
/// is counted out at start, and the rest is kept for the node itself.
/// </summary>
/// <param name="Limit">What the operating system allows.</param>
/// <param name="Reserve">Kept back: assemblies (two each), the store, the log, other nodes, what is accepted only to be told that the node is full.</param>
/// <param name="Sessions">QCVC sessions at most, one descriptor each.</param>
/// <param name="Ports">CONNs at most: a socket each, and one for every port number in use and family.</param>
/// <param name="HttpConnections">HTTP connections at most.</param>
/// <param name="WebConnections">Browsers whose media comes by TCP at most, <see cref="OfWebConnection"/> descriptors each. By UDP they have none of their own.</param>
public sealed record DescriptorBudget(int Limit, int Reserve, int Sessions, int Ports, int HttpConnections, int WebConnections = 0)
{
    /// <summary>The connection, and a socket to the number of UDP.</summary>
    public const int OfWebConnection = 2;

    /// <summary>Connections beyond <see cref="Sessions"/> that are accepted, to be told so; part of the reserve.</summary>
    public const int Refusals = 64;

    private const int OfNode = 448 + Refusals;

    /// <summary>Connections of the database's pool, and of the remoting to other nodes.</summary>
    private const int OfCluster = 256;

    private const int LeastForClients = 128;
    private const int LeastHttp = 32;
    private const int MostHttp = 8192;
    private const int LeastWeb = 8;
    private const int MostWeb = 4096;

    /// <param name="limit">What the operating system allows.</param>
    /// <param name="settings">How many sessions and port numbers are wanted, and whether there are other nodes.</param>
    /// <exception cref="SettingsException">A node cannot live on so few.</exception>
    public static DescriptorBudget Of(int limit, NodeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        int reserve = settings.Store.Postgres is null ? OfNode : OfNode + OfCluster;
        if (limit < reserve + LeastForClients)
            throw new SettingsException([$"the limit of open files (ulimit -n) must be {reserve + LeastForClients} or more, and is {limit}"]);
        int forClients = limit - reserve;
        int http = Math.Clamp(forClients / 8, LeastHttp, MostHttp);
        int web = settings.Media.Web is null ? 0 : Math.Clamp(forClients / 32, LeastWeb, MostWeb);
        forClients -= web * OfWebConnection;
        int sessions = Math.Min(settings.Qcvc.MaxSessions, (forClients - http) / 2);
        int media = forClients - http - sessions;
        // Every number in use has a socket of its own for each family, however many share it.
        int numbers = 2 * (settings.Media.Ports.Last - settings.Media.Ports.First + 1);
        return new DescriptorBudget(limit, reserve, sessions, Math.Max(media / 2, media - numbers), http, web);
    }
}
