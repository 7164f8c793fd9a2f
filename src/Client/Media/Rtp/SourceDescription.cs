namespace Conference.Client.Media.Rtp;

/// <summary>One chunk of an RTCP source description: who a source is.</summary>
/// <param name="Ssrc">The source.</param>
/// <param name="Cname"><c>joe@host</c> in QCVC.</param>
/// <param name="Session">What tells two sessions of one user apart, from a PRIV item with the prefix <c>qcvc</c>; empty where there is none.</param>
public readonly record struct SourceDescription(uint Ssrc, string Cname, string Session);
