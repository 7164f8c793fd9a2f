namespace Conference.Node.Web.Sdp;

/// <summary>An SSRC a browser says it will send by, and the one by which it sends it again. Those of layers with a RID are said in packets instead.</summary>
internal readonly record struct OfferedSource(uint Ssrc, uint? Rtx);
