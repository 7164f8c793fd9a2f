namespace Conference.Node.Web.Sdp;

/// <summary>By what a browser will know who is shown on a line.</summary>
/// <param name="Ssrc">The stream's.</param>
/// <param name="RtxSsrc">By which it is sent again.</param>
/// <param name="Stream">A name. Sound and picture of one name are played in step.</param>
internal sealed record AnswerSlot(uint Ssrc, uint RtxSsrc, string Stream);
