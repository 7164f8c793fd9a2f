using System.Runtime.InteropServices;
using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>The kernel's headers for a segmented send, made once and filled anew for each run; and whom not to send to that way.
/// Belongs to one thread.</summary>
internal sealed unsafe class SegmentedMessage : IDisposable
{
    /// <summary>UDP_MAX_SEGMENTS of every kernel before 6.9, half of it since. More would gain nothing: 64 datagrams of a video burst
    /// exceed <see cref="MaxBytes"/>.</summary>
    public const int MaxSegments = 64;

    /// <summary>What an IPv4 datagram holds, and what the kernel cuts segments from at most.</summary>
    public const int MaxBytes = 65507;

    // A receiver that was refused is tried again after so many runs. Paths change, and a path's MTU that was found too small is forgotten by
    // the kernel after ten minutes; one refusal in 256 runs costs nothing.
    private const byte PlainRuns = 255;
    private const int Remembered = 4096;

    private readonly LibC.MsgHdr* _header = (LibC.MsgHdr*)NativeMemory.AllocZeroed(1, (nuint)sizeof(LibC.MsgHdr));
    private readonly LibC.IoVec* _vectors = (LibC.IoVec*)NativeMemory.AllocZeroed(MaxSegments, (nuint)sizeof(LibC.IoVec));
    private readonly LibC.CMsgHdr* _control = (LibC.CMsgHdr*)NativeMemory.AllocZeroed(1, ControlBytes);

    // By path. Two paths may share an entry: then one is sent without segmentation for no reason, which is only slower.
    private readonly byte[] _plainRuns = new byte[Remembered];

    public SegmentedMessage()
    {
        *_control = new LibC.CMsgHdr
        {
            Length = (nuint)(sizeof(LibC.CMsgHdr) + sizeof(ushort)), Level = LibC.IPPROTO_UDP, Type = LibC.UDP_SEGMENT,
        };
        *_header = new LibC.MsgHdr { Iov = _vectors, Control = _control, ControlLength = ControlBytes };
    }

    // CMSG_SPACE of the segment size, a 16-bit number.
    private static nuint ControlBytes => (nuint)(sizeof(LibC.CMsgHdr) + sizeof(ulong));

    /// <param name="start">Where offsets count from.</param>
    /// <param name="to">Null by a connected socket.</param>
    /// <param name="run">At most <see cref="MaxSegments"/>, of the size of the first but for the last.</param>
    public LibC.MsgHdr* Fill(byte* start, ReadOnlySpan<Datagram> run, SocketName* to = null)
    {
        _header->Name = to;
        _header->NameLength = to is null ? 0 : to->Length;
        *(ushort*)(_control + 1) = (ushort)run[0].Length;
        LibC.IoVec* vector = _vectors;
        int end = -1;
        foreach (ref readonly Datagram datagram in run)
        {
            if (datagram.Offset == end)
                vector[-1].Length += (nuint)datagram.Length;
            else
                *vector++ = new LibC.IoVec { Base = start + datagram.Offset, Length = (nuint)datagram.Length };
            end = datagram.Offset + datagram.Length;
        }

        _header->IovLength = (nuint)(vector - _vectors);
        return _header;
    }

    /// <summary>Whether this run is to go one by one.</summary>
    /// <param name="path">A descriptor, or another number that stands for a receiver.</param>
    public bool IsPlain(int path)
    {
        ref byte runs = ref _plainRuns[path & (Remembered - 1)];
        if (runs == 0)
            return false;
        runs--;
        return true;
    }

    public void StayPlain(int path) => _plainRuns[path & (Remembered - 1)] = PlainRuns;

    public void Dispose()
    {
        NativeMemory.Free(_header);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_control);
    }
}
