using Conference.Media.Streams;
using Conference.Protocol.Rtp;

namespace Conference.Media.Speech;

/// <summary>Whether somebody is speaking: how long, less how long not, bounded. Written by the source's loop, read by any.</summary>
/// <remarks>Loudness by the stated audio level; without one by the size of packets, since speech takes an encoder with a variable rate more
/// bytes than silence, and no packets at all are silence.</remarks>
internal sealed class SpeechActivity
{
    /// <summary>A voice at a normal microphone is 15 to 40 dB below overload, a quiet room 60 and more.</summary>
    public const int SpeechLevel = 50;

    /// <summary>What counts is bounded, so that who spoke for an hour is overtaken in seconds.</summary>
    public const long Most = 1500 * Clock.Millisecond;

    // Pauses between words do not count; a packet may also be 60 ms long, or lost.
    private const long LongestPacket = 120 * Clock.Millisecond;

    private long _score;
    private long _at;
    private double _largest;

    /// <summary>Microseconds, 0 to <see cref="Most"/>, falling while nothing comes.</summary>
    public long Score(long now)
    {
        long at = Volatile.Read(ref _at);
        long silent = Math.Max(0, now - at - LongestPacket);
        return Math.Max(0, Volatile.Read(ref _score) - (2 * silent));
    }

    public void Packet(in RtpPacket packet, ReadOnlySpan<byte> datagram, long now)
    {
        bool speaks = AudioLevel.TryRead(packet, datagram, out int level) ? level < SpeechLevel : IsLarge(packet.PayloadLength);
        long score = Score(now);
        long passed = _at == 0 ? 0 : Math.Clamp(now - _at, 0, LongestPacket);
        score = speaks ? score + passed : score - (2 * passed);
        Volatile.Write(ref _score, Math.Clamp(score, 0, Most));
        Volatile.Write(ref _at, now);
    }

    private bool IsLarge(int payload)
    {
        // The largest of the last minutes, forgotten slowly: 50 packets a second.
        _largest = Math.Max(payload, _largest * 0.9999);
        return payload >= 20 && payload > _largest * 0.5;
    }
}
