namespace Conference.Client.Media.Rtp;

/// <summary>What a sender's report says of its clocks.</summary>
/// <param name="Seconds">Of its wall clock, since 1900.</param>
/// <param name="Timestamp">The RTP timestamp of that moment.</param>
public sealed record SenderTime(double Seconds, uint Timestamp)
{
    /// <summary>The sender's wall clock at an RTP timestamp within hours of the report, seconds.</summary>
    public double At(uint timestamp, int clockRate) => Seconds + ((double)(int)(timestamp - Timestamp) / clockRate);
}
