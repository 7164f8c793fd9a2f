namespace Conference.Node.Web.Sdp;

/// <summary>Which way media flows, as who says so sees it.</summary>
internal enum MediaDirection
{
    /// <summary>Also where nothing is said.</summary>
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}
