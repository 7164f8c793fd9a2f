using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>What one loop hands to others: for each of them a ring, and the parcel that is being filled. Belongs to its loop.</summary>
/// <remarks>A port's <see cref="MediaPort.Handle"/> says by one bit that another loop sends to it; the rest is its descriptor, by which the
/// port is found here.</remarks>
/// <param name="browsers">The ports that are found there instead.</param>
internal sealed class Outbox(ReceiveSlab slab, WebPortTable browsers)
{
    /// <summary>Marks the handle of a port that another loop sends to.</summary>
    public const int RelayBit = 1 << 30;

    private readonly List<LoopQueue> _queues = [];
    private LinuxPort?[] _ports = [];

    /// <summary>When the batch now forwarded was received; 0 for one that is not timed.</summary>
    public long Started { get; set; }

    /// <summary>Something has not been published yet.</summary>
    public bool HasOpen { get; private set; }

    /// <summary>The descriptor of a relayed port.</summary>
    public void Know(int fd, LinuxPort port)
    {
        if (fd >= _ports.Length)
            Array.Resize(ref _ports, Math.Max(256, fd * 2));
        _ports[fd] = port;
    }

    public void Forget(int fd)
    {
        if (fd < _ports.Length)
            _ports[fd] = null;
    }

    /// <summary>Adds a receiver, or counts its datagrams as dropped when its loop is behind.</summary>
    /// <param name="shared">Others may get the same copy.</param>
    public void Add(int handle, ReadOnlySpan<Datagram> batch, bool shared, LoopCounters counters, ref SendTally tally)
    {
        LoopPort? port = (handle & WebPort.HandleBit) != 0 ? browsers[handle & ~(RelayBit | WebPort.HandleBit)] : _ports[handle & ~RelayBit];
        // A browser's port that has closed a moment ago.
        if (port is null)
            return;
        LoopQueue queue = QueueFor(port.Outlet);
        if (queue.Add(port, slab.Bytes, batch, shared, Started))
        {
            HasOpen = true;
            return;
        }

        tally.Dropped += batch.Length;
        counters.Drop(DropReason.LoopBehind, batch.Length);
    }

    /// <summary>Publishes what is open, and wakes whom it is for.</summary>
    public void Flush()
    {
        HasOpen = false;
        foreach (LoopQueue queue in _queues)
            queue.Flush();
    }

    private LoopQueue QueueFor(LinuxMediaLoop loop)
    {
        foreach (LoopQueue queue in _queues)
        {
            if (queue.Loop == loop)
                return queue;
        }

        // Once in the life of two loops.
        var made = new LoopQueue(loop);
        _queues.Add(made);
        return made;
    }

    /// <summary>The way to one loop.</summary>
    private sealed class LoopQueue(LinuxMediaLoop loop)
    {
        private readonly LoopRing _ring = loop.OpenRing();
        private Datagram[] _copied = [];
        private int _count;
        private bool _isOpen;
        private bool _isShared;
        private bool _toWake;

        public LinuxMediaLoop Loop => loop;

        public bool Add(LoopPort port, ReadOnlySpan<byte> slab, ReadOnlySpan<Datagram> batch, bool shared, long started)
        {
            if (!(_isOpen && _isShared && shared && IsCopied(batch)))
            {
                Publish();
                if (!_ring.TryBegin(slab, batch, started))
                    return false;
                (_isOpen, _isShared) = (true, shared);
                if (shared)
                    Remember(batch);
            }

            return _ring.TryAdd(port);
        }

        public void Flush()
        {
            Publish();
            if (!_toWake)
                return;
            _toWake = false;
            loop.WakeIfIdle();
        }

        private void Publish()
        {
            if (!_isOpen)
                return;
            _ring.Publish();
            _isOpen = false;
            _toWake = true;
        }

        // A receiver may be sent less than the one before it.
        private bool IsCopied(ReadOnlySpan<Datagram> batch)
        {
            if (batch.Length != _count)
                return false;
            for (int i = 0; i < batch.Length; i++)
            {
                if (batch[i].Offset != _copied[i].Offset || batch[i].Length != _copied[i].Length)
                    return false;
            }

            return true;
        }

        private void Remember(ReadOnlySpan<Datagram> batch)
        {
            if (_copied.Length < batch.Length)
                _copied = new Datagram[Math.Max(256, batch.Length)];
            batch.CopyTo(_copied);
            _count = batch.Length;
        }
    }
}
