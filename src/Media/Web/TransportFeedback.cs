using System.Buffers.Binary;
using Conference.Media.Streams;
using Conference.Protocol.Rtp;

namespace Conference.Media.Web;

/// <summary>
/// Tells a browser when each of its packets came, of all its streams together; by that it finds out what its way up takes
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01).
/// </summary>
/// <remarks><code>
/// |V=2|P|FMT=15| 205 | length | SSRC of who says so | SSRC of a source |
/// | first number, 16 | how many, 16 | reference time, 24 | count of these packets, 8 |
/// | chunks, 16 each: which have come | deltas, 8 or 16 each: how long after the one before | padding |
/// </code>
/// Times are multiples of 250 µs, the reference time of 64 ms. What comes after its number was reported missing stays so.
/// </remarks>
internal sealed class TransportFeedback
{
    /// <summary>How often a browser wants to hear.</summary>
    public const long Interval = 50 * Clock.Millisecond;

    /// <summary>Enough for <see cref="Write"/>.</summary>
    public const int MaxBytes = 1100;

    private const int Capacity = 1024;
    private const int HeaderBytes = 20;
    private const int MostPadding = 3;
    private const long Tick = 250;
    private const int TicksPerReference = 256;
    private const byte Format = 15;
    private const byte PaddingBit = 0x20;
    private const long Missing = -1;

    // When each number came, in ticks; of those from _base up to before _next.
    private readonly long[] _arrivals = new long[Capacity];
    private long _base = -1;
    private long _next = -1;
    private long _writtenAt = long.MinValue / 2;
    private byte _packets;

    /// <summary>Which numbers have come, and how long after the one before. Its values are the draft's, and the size of its delta.</summary>
    private enum Status : byte
    {
        NotReceived,
        SmallDelta,
        LargeDelta,
    }

    /// <summary>Something has come, and the last packet is long enough ago.</summary>
    public bool IsDue(long now) => _next > _base && now - _writtenAt >= Interval;

    /// <param name="number">The transport-wide one, of a header extension.</param>
    /// <param name="now">When it came; never before the last one.</param>
    public void Arrived(ushort number, long now)
    {
        if (_next < 0)
            _base = _next = number;
        long extended = _next - 1 + (short)(number - (ushort)(_next - 1));
        if (extended < _base)
            return;
        // Of a jump beyond what can be remembered the beginning is not reported.
        _base = Math.Max(_base, extended - Capacity + 1);
        for (_next = Math.Max(_next, _base); _next <= extended; _next++)
            _arrivals[_next % Capacity] = Missing;
        ref long arrival = ref _arrivals[extended % Capacity];
        if (arrival == Missing)
            arrival = now / Tick;
    }

    /// <summary>Says what has come since the last packet; as much of it as fits, and the rest the next time.</summary>
    /// <param name="into">At least <see cref="MaxBytes"/>.</param>
    /// <param name="own">Who says so.</param>
    /// <param name="media">One of the browser's sources, whichever.</param>
    /// <returns>The packet's length; 0 when there is nothing to say.</returns>
    public int Write(Span<byte> into, uint own, uint media, long now)
    {
        if (_next <= _base)
            return 0;
        long reference = FirstArrival() / TicksPerReference;
        Span<Status> statuses = stackalloc Status[Capacity];
        statuses = statuses[..Judge(statuses, reference * TicksPerReference)];
        int length = WriteChunks(into, statuses);
        length = WriteDeltas(into, length, statuses, reference * TicksPerReference);
        int padding = -length & MostPadding;
        into.Slice(length, padding).Clear();
        length += padding;
        if (padding > 0)
            into[length - 1] = (byte)padding;
        RtcpWriter.WriteHeader(into, Format, RtcpType.TransportFeedback, length, own);
        into[0] |= padding > 0 ? PaddingBit : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(into[8..], media);
        BinaryPrimitives.WriteUInt16BigEndian(into[12..], (ushort)_base);
        BinaryPrimitives.WriteUInt16BigEndian(into[14..], (ushort)statuses.Length);
        BinaryPrimitives.WriteUInt32BigEndian(into[16..], ((uint)reference << 8) | _packets);
        _packets++;
        _base += statuses.Length;
        _writtenAt = now;
        return length;
    }

    // There is one: the last number is one that has come.
    private long FirstArrival()
    {
        long number = _base;
        while (_arrivals[number % Capacity] == Missing)
            number++;
        return _arrivals[number % Capacity];
    }

    /// <returns>How many fit into one packet; at least one that has come is among them.</returns>
    private int Judge(Span<Status> statuses, long reference)
    {
        int count = 0;
        int deltaBytes = 0;
        long last = reference;
        for (long number = _base; number < _next; number++)
        {
            long arrival = _arrivals[number % Capacity];
            Status status = Status.NotReceived;
            if (arrival != Missing)
            {
                long delta = arrival - last;
                if (delta != (short)delta)
                    break;
                status = delta is >= 0 and <= byte.MaxValue ? Status.SmallDelta : Status.LargeDelta;
                last = arrival;
            }

            deltaBytes += (int)status;
            if (HeaderBytes + MostChunkBytes(count + 1) + deltaBytes + MostPadding > MaxBytes)
                break;
            statuses[count++] = status;
        }

        return count;
    }

    // No chunk but the last has less than seven.
    private static int MostChunkBytes(int count) => (count + 6) / 7 * 2;

    /// <remarks><code>
    /// |0| status, 2 | how many, 13 |                a run of one status
    /// |1|0| 14 bits |                               14 that have come, or not; no large delta
    /// |1|1| 7 times 2 bits |                        7 of any
    /// </code></remarks>
    private static int WriteChunks(Span<byte> packet, ReadOnlySpan<Status> statuses)
    {
        int at = HeaderBytes;
        for (int i = 0; i < statuses.Length; at += 2)
        {
            ReadOnlySpan<Status> rest = statuses[i..];
            int run = RunOf(rest);
            ReadOnlySpan<Status> fourteen = rest[..Math.Min(14, rest.Length)];
            int bits = fourteen.Contains(Status.LargeDelta) ? 2 : 1;
            int held = Math.Min(14 / bits, rest.Length);
            int chunk;
            if (run >= held)
            {
                (chunk, held) = (((int)rest[0] << 13) | run, run);
            }
            else
            {
                chunk = bits == 1 ? 0x8000 : 0xC000;
                for (int j = 0; j < held; j++)
                    chunk |= (int)rest[j] << (14 - (bits * (j + 1)));
            }

            BinaryPrimitives.WriteUInt16BigEndian(packet[at..], (ushort)chunk);
            i += held;
        }

        return at;
    }

    private static int RunOf(ReadOnlySpan<Status> statuses)
    {
        int end = statuses.IndexOfAnyExcept(statuses[0]);
        return end < 0 ? statuses.Length : end;
    }

    private int WriteDeltas(Span<byte> packet, int at, ReadOnlySpan<Status> statuses, long reference)
    {
        long last = reference;
        for (int i = 0; i < statuses.Length; i++)
        {
            if (statuses[i] == Status.NotReceived)
                continue;
            long arrival = _arrivals[(_base + i) % Capacity];
            if (statuses[i] == Status.SmallDelta)
                packet[at] = (byte)(arrival - last);
            else
                BinaryPrimitives.WriteInt16BigEndian(packet[at..], (short)(arrival - last));
            at += (int)statuses[i];
            last = arrival;
        }

        return at;
    }
}
