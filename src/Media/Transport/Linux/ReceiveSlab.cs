using System.Runtime.InteropServices;
using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>
/// A loop's receive memory: slots that each take the largest datagram there is, and the kernel's headers over them.
/// Native, so that nothing is pinned; one owner, the loop.
/// </summary>
internal sealed unsafe class ReceiveSlab : IDisposable
{
    public const int Slots = 32;
    public const int SlotBytes = 65536;
    public const int ControlBytes = 64;

    /// <summary>Behind each slot, and never received into.</summary>
    public const int SpareBytes = 1280;

    // A stride of exactly 64 KiB would put the start of every slot, where the bytes are, into the same few cache sets.
    private const int Stride = SlotBytes + SpareBytes;

    private const int TotalBytes = (Slots * Stride) + IBatchSender.ScratchBytes;

    private readonly byte* _bytes = (byte*)NativeMemory.AlignedAlloc(TotalBytes, 4096);
    private readonly LibC.IoVec* _vectors = (LibC.IoVec*)NativeMemory.AllocZeroed(Slots, (nuint)sizeof(LibC.IoVec));
    private readonly byte* _controls = (byte*)NativeMemory.AllocZeroed(Slots, ControlBytes);

    public ReceiveSlab()
    {
        Names = (SocketName*)NativeMemory.AllocZeroed(Slots, (nuint)sizeof(SocketName));
        Messages = (LibC.MMsgHdr*)NativeMemory.AllocZeroed(Slots, (nuint)sizeof(LibC.MMsgHdr));
        for (int i = 0; i < Slots; i++)
        {
            _vectors[i] = new LibC.IoVec { Base = _bytes + Offset(i), Length = SlotBytes };
            Messages[i].Header = new LibC.MsgHdr { Name = Names + i, Iov = _vectors + i, IovLength = 1 };
        }
    }

    public nint Start => (nint)_bytes;

    public Span<byte> Bytes => new(_bytes, TotalBytes);

    public LibC.MMsgHdr* Messages { get; }

    /// <summary>Where each datagram came from.</summary>
    public SocketName* Names { get; }

    /// <summary>How many bytes the kernel has put into a slot.</summary>
    public int Length(int slot) => (int)Messages[slot].Length;

    public static int Offset(int slot) => slot * Stride;

    public static int SpareOffset(int slot) => Offset(slot) + SlotBytes;

    /// <summary>Makes a header ready to be written by the kernel again.</summary>
    public void Reset(int slot, bool withControl)
    {
        ref LibC.MsgHdr header = ref Messages[slot].Header;
        header.NameLength = SocketName.MaxLength;
        header.Control = withControl ? _controls + slot * ControlBytes : null;
        header.ControlLength = withControl ? (nuint)ControlBytes : 0;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_bytes);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_controls);
        NativeMemory.Free(Names);
        NativeMemory.Free(Messages);
    }
}
