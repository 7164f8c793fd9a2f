using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Conference.Media.Forwarding;

namespace Conference.Media.Trunks;

/// <summary>The other nodes, the keys they send by, and whom what they send may be about. Its owner holds a lock; loops read
/// <see cref="KeyOf"/> and the ports.</summary>
/// <param name="endpoints">What peers are told: where each loop of this node listens.</param>
internal sealed class TrunkTable(ImmutableArray<IPEndPoint> endpoints)
{
    // The one in use, and the one the peer may not have heard of yet.
    private const int KeysPerPeer = 2;

    private readonly Dictionary<PeerId, TrunkPeer> _peers = [];
    private readonly ReceivingKey?[] _keys = new ReceivingKey?[1 << 16];
    private readonly SpentSecrets _spent = new();
    private int _lastPlace;

    public ImmutableArray<IPEndPoint> Endpoints => endpoints;

    /// <summary>The ports of this node's members, by their label.</summary>
    public ConcurrentDictionary<uint, ClientPort> Locals { get; } = [];

    /// <summary>The key an index names, or null. From any thread.</summary>
    public ReceivingKey? KeyOf(ushort index) => Volatile.Read(ref _keys[index]);

    /// <summary>A room and service has this node in its routes from now on.</summary>
    public TrunkPeer Use(PeerId id)
    {
        TrunkPeer peer = Find(id);
        peer.Users++;
        return peer;
    }

    /// <summary>And no longer.</summary>
    public void Release(TrunkPeer peer)
    {
        peer.Users--;
        Forget(peer);
    }

    /// <summary>Makes a key for a peer. What it sends by the last one it has used is understood as well, until the next.</summary>
    public TrunkOffer Offer(PeerId id)
    {
        TrunkPeer peer = Find(id);
        // One that was offered and never used has not arrived, or will be followed by this one at once.
        if (peer.Receiving.Count == KeysPerPeer)
            Withdraw(peer, peer.Receiving[^1].Key.Use == 0 ? 1 : 0);
        Span<byte> secret = stackalloc byte[TrunkOffer.SecretBytes];
        RandomNumberGenerator.Fill(secret);
        ushort index;
        do
            index = (ushort)RandomNumberGenerator.GetInt32(_keys.Length);
        while (_keys[index] is not null);
        var key = new ReceivingKey(peer, secret, endpoints.Length);
        peer.Receiving.Add((index, key));
        Volatile.Write(ref _keys[index], key);
        var offer = new TrunkOffer(index, [.. secret], endpoints);
        CryptographicOperations.ZeroMemory(secret);
        return offer;
    }

    /// <summary>From now on a peer is sent to by this offer of its.</summary>
    /// <returns>False for an offer that cannot be, and for one that has been opened before.</returns>
    public bool Open(PeerId id, TrunkOffer offer)
    {
        if (offer.Secret.IsDefault || offer.Secret.Length != TrunkOffer.SecretBytes || offer.Endpoints.IsDefault
            || offer.Endpoints.Length is 0 or > TrunkOffer.MostLoops || !offer.Endpoints.All(IsReachable)
            || !_spent.TryAdd(offer.Secret.AsSpan()))
            return false;
        TrunkPeer peer = Find(id);
        ImmutableArray<TrunkAddress> addresses = [.. offer.Endpoints.Select(e => new TrunkAddress(Plain(e).Serialize(), _lastPlace++))];
        // The old keys are left to the loops, which may be in the middle of using them.
        for (int loop = 0; loop < endpoints.Length; loop++)
            peer.SetSendingKey(loop, new SendingKey(offer.Index, (byte)loop, new TrunkCipher(offer.Secret.AsSpan()), addresses));
        return true;
    }

    /// <summary>Nothing is sent to the peer any more, and nothing it sends is understood.</summary>
    public void Close(PeerId id)
    {
        if (!_peers.TryGetValue(id, out TrunkPeer? peer))
            return;
        for (int loop = 0; loop < endpoints.Length; loop++)
            peer.SetSendingKey(loop, null);
        while (peer.Receiving.Count > 0)
            Withdraw(peer, 0);
        Forget(peer);
    }

    public ImmutableArray<TrunkPeerStatistics> Read() =>
        [.. _peers.Values.Select(p => new TrunkPeerStatistics(p.Id, p.IsOpen, p.Receiving.Select(r => r.Key.Use).LastOrDefault(use => use > 0)))];

    private TrunkPeer Find(PeerId id)
    {
        if (!_peers.TryGetValue(id, out TrunkPeer? peer))
            _peers.Add(id, peer = new TrunkPeer(id, endpoints.Length));
        return peer;
    }

    private void Forget(TrunkPeer peer)
    {
        if (peer.Users == 0 && !peer.IsOpen && peer.Receiving.Count == 0)
            _peers.Remove(peer.Id);
    }

    private void Withdraw(TrunkPeer peer, int place)
    {
        Volatile.Write(ref _keys[peer.Receiving[place].Index], null);
        peer.Receiving.RemoveAt(place);
    }

    private bool IsReachable(IPEndPoint endpoint) =>
        endpoint.Port > 0 && Plain(endpoint).AddressFamily == endpoints[0].AddressFamily
        && !endpoint.Address.Equals(IPAddress.Any) && !endpoint.Address.Equals(IPAddress.IPv6Any);

    private static IPEndPoint Plain(IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;
}
