using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Conference.Media.Transport.Linux;

/// <summary>An epoll set that remembers an object per descriptor. Belongs to one loop, but for <see cref="Wake"/> and
/// <see cref="Forget"/>.</summary>
/// <remarks>An event carries a slot and its generation: one that was reported for a descriptor since removed finds nobody.</remarks>
internal sealed unsafe class Poll : IDisposable
{
    private const int MaxEvents = 128;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int s_stride = s_dataOffset + 8;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed(MaxEvents, 16);
    private readonly Stack<int> _free = new();
    private (object? Target, uint Generation)[] _slots = new (object?, uint)[64];
    private int _used = 1;
    private int _woken;

    public Poll()
    {
        _epoll = Check(LibC.EpollCreate(LibC.EPOLL_CLOEXEC));
        _wake = Check(LibC.EventFd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC));
        // Slot 0 is the wake-up's own.
        Check(Add(_wake, 0));
    }

    /// <summary>Watches a descriptor for datagrams.</summary>
    /// <returns>The slot, or -1 when the system refuses.</returns>
    public int Watch(int fd, object target)
    {
        if (!_free.TryPop(out int slot))
        {
            slot = _used++;
            if (slot == _slots.Length)
                Array.Resize(ref _slots, slot * 2);
        }

        _slots[slot].Target = target;
        if (Add(fd, ((ulong)_slots[slot].Generation << 32) | (uint)slot) >= 0)
            return slot;
        Release(slot);
        return -1;
    }

    /// <summary>Gives the slot of a descriptor that is closed, or no longer watched, back.</summary>
    public void Release(int slot)
    {
        if (slot < 0)
            return;
        _slots[slot].Target = null;
        _slots[slot].Generation++;
        _free.Push(slot);
    }

    /// <summary>Stops the kernel reporting a descriptor. From any thread.</summary>
    public void Forget(int fd) => _ = LibC.EpollControl(_epoll, LibC.EPOLL_CTL_DEL, fd, null);

    /// <summary>Waits until something is readable, or only looks.</summary>
    /// <returns>How many events there are.</returns>
    public int Wait(bool look = false) => Math.Max(0, LibC.EpollWait(_epoll, _events, MaxEvents, look ? 0 : -1));

    /// <summary>The object of the i-th event; null for a wake-up or for somebody who has gone.</summary>
    public object? Target(int i)
    {
        ulong data = *(ulong*)(_events + i * s_stride + s_dataOffset);
        if (data == 0)
        {
            ulong count;
            _ = LibC.Read(_wake, &count, sizeof(ulong));
            return null;
        }

        ref readonly (object? Target, uint Generation) slot = ref _slots[(uint)data];
        return slot.Generation == (uint)(data >> 32) ? slot.Target : null;
    }

    /// <summary>Ends a wait. From any thread; many calls cost one system call.</summary>
    public void Wake()
    {
        ulong one = 1;
        if (Interlocked.Exchange(ref _woken, 1) == 0)
            _ = LibC.Write(_wake, &one, sizeof(ulong));
    }

    /// <summary>True once after one or more calls of <see cref="Wake"/>; what was done before them is visible.</summary>
    public bool WasWoken() => Volatile.Read(ref _woken) != 0 && Interlocked.Exchange(ref _woken, 0) != 0;

    public void Dispose()
    {
        _ = LibC.Close(_wake);
        _ = LibC.Close(_epoll);
        NativeMemory.Free(_events);
    }

    private int Add(int fd, ulong data)
    {
        byte* change = stackalloc byte[16];
        *(uint*)change = LibC.EPOLLIN;
        *(ulong*)(change + s_dataOffset) = data;
        return LibC.EpollControl(_epoll, LibC.EPOLL_CTL_ADD, fd, change);
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(LibC.Errno);
}
