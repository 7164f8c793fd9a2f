namespace Conference.Bench;

/// <summary>All clients of a bench come from one address, and ask for as much as they can.</summary>
internal static class NoLimits
{
    /// <summary>A node's arguments.</summary>
    public static string[] Arguments { get; } =
    [
        "--Limits:AddressSessions=off", "--Limits:SessionSend=off", "--Limits:SessionConn=off", "--Limits:SessionAuth=off", "--Limits:AddressSend=off", "--Limits:AddressConn=off",
        "--Limits:AddressAuth=off",
    ];
}
