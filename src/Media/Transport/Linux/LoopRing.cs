using System.Runtime.InteropServices;
using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>
/// A bounded queue of parcels from one loop to another: a copy of some datagrams, and the ports they are for. One writer, one reader, no
/// lock, nobody waits: what does not fit is refused. Native and allocated once; the system gives it memory as it fills.
/// </summary>
/// <remarks>Positions only grow. The reader frees parcels in order, so that what the bytes, datagrams and ports of the oldest one end at
/// is what the writer may overwrite.</remarks>
internal sealed unsafe class LoopRing : IDisposable
{
    /// <summary>Two of the largest batches there are.</summary>
    public const int ByteCapacity = 4 << 20;
    public const int ParcelCapacity = 1024;
    public const int DatagramCapacity = 4096;
    public const int PortCapacity = 16384;

    private readonly byte* _bytes = (byte*)NativeMemory.AlignedAlloc(ByteCapacity, 4096);
    private readonly Parcel[] _parcels = new Parcel[ParcelCapacity];
    private readonly Datagram[] _datagrams = new Datagram[DatagramCapacity];
    private readonly LoopPort?[] _ports = new LoopPort?[PortCapacity];

    // The writer's: where the next goes, and how far the reader is known to be.
    private Ends _head;
    private Ends _tail;
    private Parcel _open;
    private long _known;

    // Shared, each on a line of its own.
    private Padded _published;
    private Padded _consumed;

    /// <summary>Where the datagrams' offsets count from.</summary>
    public nint Start => (nint)_bytes;

    public Span<byte> Bytes => new(_bytes, ByteCapacity);

    public bool IsEmpty => Volatile.Read(ref _published.Value) == Volatile.Read(ref _consumed.Value);

    /// <summary>Parcels in it. From any thread.</summary>
    public int Count => (int)Math.Max(0, Volatile.Read(ref _published.Value) - Volatile.Read(ref _consumed.Value));

    /// <summary>One batch, or part of one.</summary>
    public struct Parcel
    {
        internal Ends End;
        internal int FirstDatagram;
        internal long FirstPort;

        public int Datagrams { get; internal set; }

        /// <summary>Timestamp of the batch's receipt; 0 when it is not to be timed.</summary>
        public long Started { get; internal set; }

        public readonly int Ports => (int)(End.Ports - FirstPort);
    }

    internal record struct Ends(long Bytes, long Datagrams, long Ports);

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Padded
    {
        [FieldOffset(64)]
        public long Value;
    }

    /// <summary>Begins a parcel with a copy of the datagrams. The writer's; the last one must have been published.</summary>
    public bool TryBegin(ReadOnlySpan<byte> slab, ReadOnlySpan<Datagram> batch, long started)
    {
        long published = _published.Value;
        long consumed = Volatile.Read(ref _consumed.Value);
        if (consumed > _known)
            _tail = _parcels[(int)((consumed - 1) % ParcelCapacity)].End;
        _known = consumed;
        int bytes = 0;
        foreach (ref readonly Datagram datagram in batch)
            bytes += datagram.Length;
        // Each parcel's bytes and datagrams lie in one piece.
        long firstByte = InOnePiece(_head.Bytes, bytes, ByteCapacity);
        long firstDatagram = InOnePiece(_head.Datagrams, batch.Length, DatagramCapacity);
        if (published == consumed)
            _tail = new Ends(firstByte, firstDatagram, _head.Ports);
        if (published - consumed == ParcelCapacity
            || firstByte + bytes - _tail.Bytes > ByteCapacity
            || firstDatagram + batch.Length - _tail.Datagrams > DatagramCapacity
            || _head.Ports - _tail.Ports >= PortCapacity)
            return false;

        int to = (int)(firstByte % ByteCapacity);
        int index = (int)(firstDatagram % DatagramCapacity);
        _open = new Parcel { FirstDatagram = index, Datagrams = batch.Length, FirstPort = _head.Ports, Started = started };
        foreach (ref readonly Datagram datagram in batch)
        {
            slab.Slice(datagram.Offset, datagram.Length).CopyTo(new Span<byte>(_bytes + to, datagram.Length));
            _datagrams[index++] = new Datagram(to, datagram.Length);
            to += datagram.Length;
        }

        _head = _head with { Bytes = firstByte + bytes, Datagrams = firstDatagram + batch.Length };
        return true;
    }

    /// <summary>Adds a receiver to the parcel that was begun. The writer's.</summary>
    public bool TryAdd(LoopPort port)
    {
        if (_head.Ports - _tail.Ports >= PortCapacity)
            return false;
        _ports[(int)(_head.Ports++ % PortCapacity)] = port;
        return true;
    }

    /// <summary>Lets the reader see the parcel. The writer's.</summary>
    public void Publish()
    {
        _open.End = _head;
        _parcels[(int)(_published.Value % ParcelCapacity)] = _open;
        Volatile.Write(ref _published.Value, _published.Value + 1);
    }

    /// <summary>The oldest parcel, if there is one. The reader's.</summary>
    public bool TryPeek(out Parcel parcel, int after = 0)
    {
        long at = _consumed.Value + after;
        bool any = Volatile.Read(ref _published.Value) > at;
        parcel = any ? _parcels[(int)(at % ParcelCapacity)] : default;
        return any;
    }

    public ReadOnlySpan<Datagram> DatagramsOf(in Parcel parcel) => _datagrams.AsSpan(parcel.FirstDatagram, parcel.Datagrams);

    /// <summary>Takes a receiver out: what the ring forgets it does not keep alive.</summary>
    public LoopPort TakePort(in Parcel parcel, int index)
    {
        ref LoopPort? place = ref _ports[(int)((parcel.FirstPort + index) % PortCapacity)];
        LoopPort port = place!;
        place = null;
        return port;
    }

    /// <summary>Gives the oldest parcel's place back. The reader's.</summary>
    public void Free() => Volatile.Write(ref _consumed.Value, _consumed.Value + 1);

    public void Dispose() => NativeMemory.AlignedFree(_bytes);

    private static long InOnePiece(long head, int length, int capacity)
    {
        int at = (int)(head % capacity);
        return at + length <= capacity ? head : head + capacity - at;
    }
}
