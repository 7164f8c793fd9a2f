using System.Collections.Concurrent;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>One of our messages on its way between two nodes.</summary>
/// <param name="From">Who sends it.</param>
/// <param name="To">To whom.</param>
/// <param name="Manifest">What it is.</param>
public readonly record struct WireMessage(string From, string To, string Manifest);

/// <summary>
/// What is between the nodes of one cluster. Messages of ours can be lost without a word, by rule or by chance, while Akka's own arrive; pairs of nodes
/// can be cut from each other, and nodes from all. Safe from any thread.
/// </summary>
public sealed class Wire(int seed = 1)
{
    private const int ConferenceSerializer = 4201;

    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<(string, string)> _cut = [];
    private readonly HashSet<string> _dead = new(StringComparer.Ordinal);
    private readonly List<WireHandle> _handles = [];
    private readonly ConcurrentDictionary<WireMessage, int> _sent = [];
    private long _count;

    /// <summary>Back to a wire that carries everything.</summary>
    public void Reset()
    {
        (LostPercent, Carries, LargestFrame) = (0, _ => true, 0);
        MendAll();
        ForgetSent();
    }

    /// <summary>How many of a hundred of our messages are lost.</summary>
    public int LostPercent { get; set; }

    /// <summary>Asked of every message of ours: false loses it.</summary>
    public Func<WireMessage, bool> Carries { get; set; } = _ => true;

    /// <summary>Messages of ours that went anywhere so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Bytes of the largest message of ours so far.</summary>
    public int LargestFrame { get; private set; }

    /// <summary>How many of these messages have arrived, or are about to.</summary>
    public int Sent(string manifest, string? from = null, string? to = null) =>
        _sent.Where(s => s.Key.Manifest == manifest && (from is null || s.Key.From == from) && (to is null || s.Key.To == to)).Sum(s => s.Value);

    public void ForgetSent() => _sent.Clear();

    /// <summary>Both lose each other: what goes on between them ends, and nothing new begins.</summary>
    public void Cut(string one, string other)
    {
        lock (_gate)
        {
            _cut.Add((one, other));
            _cut.Add((other, one));
        }

        EndWhere(h => (h.Self == one && h.Peer == other) || (h.Self == other && h.Peer == one));
    }

    public void Mend(string one, string other)
    {
        lock (_gate)
        {
            _cut.Remove((one, other));
            _cut.Remove((other, one));
        }
    }

    public void MendAll()
    {
        lock (_gate)
            _cut.Clear();
    }

    /// <summary>The node is gone without a word.</summary>
    public void Kill(string node)
    {
        lock (_gate)
            _dead.Add(node);
        EndWhere(h => h.Self == node || h.Peer == node);
    }

    public bool IsDead(string node)
    {
        lock (_gate)
            return _dead.Contains(node);
    }

    /// <param name="address">As Akka writes it.</param>
    internal bool IsDeadAt(string address) => NameOf(address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..]) is { } name && IsDead(name);

    /// <summary>Breaks what connects two nodes; they may begin anew at once.</summary>
    public void Break(string one, string other) => EndWhere(h => (h.Self == one && h.Peer == other) || (h.Self == other && h.Peer == one));

    internal void Know(string address, string name)
    {
        lock (_gate)
            _names[address] = name;
    }

    internal string? NameOf(string address)
    {
        lock (_gate)
            return _names.GetValueOrDefault(address);
    }

    internal void Add(WireHandle handle)
    {
        lock (_gate)
            _handles.Add(handle);
    }

    internal void Remove(WireHandle handle)
    {
        lock (_gate)
            _handles.Remove(handle);
    }

    internal bool IsOpen(string self, string? peer)
    {
        lock (_gate)
            return !_dead.Contains(self) && (peer is null || (!_dead.Contains(peer) && !_cut.Contains((self, peer))));
    }

    /// <returns>False for a message that is lost.</returns>
    internal bool Take(string self, string? peer, in WireFrame frame, int bytes)
    {
        if (!IsOpen(self, peer))
            return false;
        if (frame.Serializer != ConferenceSerializer || peer is null)
            return true;
        var message = new WireMessage(self, peer, frame.Manifest);
        bool isLost = !Carries(message);
        if (LostPercent > 0)
        {
            lock (_gate)
                isLost |= _random.Next(100) < LostPercent;
        }

        Interlocked.Increment(ref _count);
        LargestFrame = Math.Max(LargestFrame, bytes);
        if (!isLost)
            _sent.AddOrUpdate(message, 1, (_, n) => n + 1);
        return !isLost;
    }

    private void EndWhere(Func<WireHandle, bool> isMeant)
    {
        WireHandle[] ending;
        lock (_gate)
            ending = [.. _handles.Where(isMeant)];
        foreach (var handle in ending)
            handle.End();
    }
}
