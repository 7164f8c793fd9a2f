using Conference.Protocol.Addresses;

namespace Conference.Protocol.Session;

/// <summary>What holds for every session of a node.</summary>
/// <param name="Hosts">Which hosts mean this service.</param>
/// <param name="AuthenticationRequired">Guests may look but not join, speak or list.</param>
public sealed record SessionPolicy(ServedHosts Hosts, bool AuthenticationRequired)
{
    /// <summary>Errors in a row that end a session.</summary>
    public const int MaxErrors = 20;

    /// <summary>CONNs one session may hold.</summary>
    public const int MaxConnections = 64;

    /// <summary>Commands that may wait for their turn; whoever feeds the machine stops there.</summary>
    public const int MaxPending = 32;
}
