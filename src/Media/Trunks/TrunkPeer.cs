using System.Collections.Concurrent;

namespace Conference.Media.Trunks;

/// <summary>Another node, as the loops need it.</summary>
/// <param name="id">Which.</param>
/// <param name="loops">How many loops this node has.</param>
internal sealed class TrunkPeer(PeerId id, int loops)
{
    private readonly SendingKey?[] _sending = new SendingKey?[loops];

    public PeerId Id => id;

    /// <summary>Its ports that routes here name, by their label. Written by the control side; what a loop finds may live on another.</summary>
    public ConcurrentDictionary<uint, TrunkPort> Ports { get; } = [];

    /// <summary>How many rooms and services have it in their routes. The control side's.</summary>
    public int Users { get; set; }

    /// <summary>The keys it may send by, the newest last; two at most. The control side's.</summary>
    public List<(ushort Index, ReceivingKey Key)> Receiving { get; } = [];

    /// <summary>It may be sent to.</summary>
    public bool IsOpen => SendingKeyOf(0) is not null;

    /// <summary>What a loop sends to it by; null while it has made no offer.</summary>
    public SendingKey? SendingKeyOf(int loop) => Volatile.Read(ref _sending[loop]);

    public void SetSendingKey(int loop, SendingKey? key) => Volatile.Write(ref _sending[loop], key);
}
