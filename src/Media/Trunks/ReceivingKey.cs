namespace Conference.Media.Trunks;

/// <summary>A key this node has made for one peer to send by. Each of this node's loops has its own part of it, which no other touches.</summary>
internal sealed class ReceivingKey
{
    private readonly Part[] _parts;

    /// <param name="peer">Whose.</param>
    /// <param name="secret">See <see cref="TrunkOffer"/>.</param>
    /// <param name="loops">How many loops this node has.</param>
    public ReceivingKey(TrunkPeer peer, ReadOnlySpan<byte> secret, int loops)
    {
        Peer = peer;
        _parts = new Part[loops];
        for (int i = 0; i < loops; i++)
            _parts[i] = new Part((byte)i, new TrunkCipher(secret));
    }

    public TrunkPeer Peer { get; }

    /// <summary>The highest counter that has come; 0 while the peer has not used it. From any thread.</summary>
    public uint Use => _parts.Max(p => p.Use);

    public Part this[int loop] => _parts[loop];

    /// <summary>One loop's.</summary>
    internal sealed class Part(byte loop, TrunkCipher cipher)
    {
        // By the sending loop; made when it is first heard of, by who can seal.
        private volatile ReplayWindow?[] _windows = [];

        public uint Use => _windows.Aggregate(0u, (most, w) => Math.Max(most, w?.Highest ?? 0));

        /// <summary>Opens where it lies.</summary>
        public bool TryOpen(in TrunkHeader header, Span<byte> datagram) => cipher.TryOpen(
            header, loop, datagram[TrunkDatagram.HeaderBytes..^TrunkDatagram.TagBytes], datagram[^TrunkDatagram.TagBytes..]);

        /// <summary>True the first time, for what was opened.</summary>
        public bool TryTake(in TrunkHeader header)
        {
            ReplayWindow?[] windows = _windows;
            if (header.Loop >= windows.Length || windows[header.Loop] is not { } window)
                window = AddWindow(header.Loop);
            return window.TryTake(header.Counter);
        }

        private ReplayWindow AddWindow(byte sender)
        {
            var windows = new ReplayWindow?[Math.Max(_windows.Length, sender + 1)];
            _windows.CopyTo(windows, 0);
            _windows = windows;
            return windows[sender] = new ReplayWindow();
        }
    }
}
