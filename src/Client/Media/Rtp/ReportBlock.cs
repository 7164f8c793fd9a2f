namespace Conference.Client.Media.Rtp;

/// <summary>What a receiver report says of one source (RFC 3550 section 6.4.1).</summary>
public readonly record struct ReportBlock(uint Ssrc, byte FractionLost, long Lost, uint ExtendedHighest, uint Jitter);
