using Conference.Actors.Cluster;

namespace Conference.Actors.TestKit.Cluster;

/// <summary>The links: one per pair of nodes, each way in order.</summary>
public sealed partial class TestCluster
{
    private readonly Dictionary<(TestNode From, TestNode To), Wire> _wires = [];
    private readonly Random _random;

    /// <summary>The longest a message takes; each takes a part of it, by chance. Zero delivers without the clock.</summary>
    public TimeSpan LinkDelay { get; set; }

    /// <summary>How many of a hundred messages a link refuses, as one whose queue is full does.</summary>
    public int RefusedPercent { get; set; }

    /// <summary>Whose messages are asked about before they are sent: false loses one without a word.</summary>
    public Func<TestNode, TestNode, bool> Carries { get; set; } = (_, _) => true;

    /// <summary>Takes a link down. What is under way is lost.</summary>
    public void Cut(TestNode one, TestNode other)
    {
        lock (_gate)
            if (_wires.TryGetValue((one, other), out var wire) && wire.IsUp)
            {
                wire.Disconnect();
                _wires[(other, one)].Disconnect();
            }
    }

    /// <summary>Brings it up (again), where both nodes are ready for it.</summary>
    public void Mend(TestNode one, TestNode other)
    {
        lock (_gate)
        {
            if (one == other || one.Handler is null || other.Handler is null || one.IsDead || other.IsDead
                || (_wires.TryGetValue((one, other), out var wire) && wire.IsUp))
                return;
            Connect(one, other);
            Connect(other, one);
        }
    }

    internal bool TrySend(TestNode from, NodeId to, ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (_nodes.FirstOrDefault(n => n.Id == to) is not { } target || !_wires.TryGetValue((from, target), out var wire)
                || !wire.IsUp || message.Length > INodeLinks.MaxMessageBytes || _random.Next(100) < RefusedPercent)
                return false;
            if (Carries(from, target))
                wire.Send(message.ToArray(), LinkDelay * _random.NextDouble());
            return true;
        }
    }

    private void Isolate(TestNode node)
    {
        foreach (var other in _nodes)
            Cut(node, other);
    }

    private void Connect(TestNode from, TestNode to)
    {
        if (!_wires.TryGetValue((from, to), out var wire))
            _wires[(from, to)] = wire = new Wire(this, from, to);
        wire.Connect();
    }

    /// <summary>One way of a link. Calls to the receiver's handler are made by the pool, one after the other.</summary>
    private sealed class Wire(TestCluster cluster, TestNode from, TestNode to)
    {
        private readonly Queue<Action<INodeLinkHandler>> _calls = new();
        private NodeId _peer;
        private long _connection;
        private long _lastDue;
        private bool _isCalling;

        internal bool IsUp { get; private set; }

        internal void Connect()
        {
            _peer = from.Id;
            IsUp = true;
            var peer = _peer;
            Enqueue(handler => handler.Connected(peer));
        }

        internal void Disconnect()
        {
            IsUp = false;
            _connection++;
            _calls.Clear();
            var peer = _peer;
            Enqueue(handler => handler.Disconnected(peer));
        }

        internal void Send(byte[] message, TimeSpan delay)
        {
            var now = cluster.Time.GetTimestamp();
            _lastDue = Math.Max(_lastDue, now + delay.Ticks);
            var (peer, connection) = (_peer, _connection);
            if (_lastDue <= now)
            {
                Enqueue(handler => handler.Received(peer, message));
                return;
            }
            cluster.Time.CreateTimer(
                _ =>
                {
                    lock (cluster._gate)
                        if (connection == _connection)
                            Enqueue(handler => handler.Received(peer, message));
                },
                null, TimeSpan.FromTicks(_lastDue - now), Timeout.InfiniteTimeSpan);
        }

        private void Enqueue(Action<INodeLinkHandler> call)
        {
            _calls.Enqueue(call);
            if (_isCalling)
                return;
            _isCalling = true;
            cluster.Activity.Enter();
            ThreadPool.UnsafeQueueUserWorkItem(static wire => wire.CallAll(), this, preferLocal: false);
        }

        private void CallAll()
        {
            while (true)
            {
                Action<INodeLinkHandler>? call;
                lock (cluster._gate)
                {
                    if (!_calls.TryDequeue(out call))
                    {
                        _isCalling = false;
                        break;
                    }
                }
                if (!to.IsDead)
                    call(to.Handler!);
            }
            cluster.Activity.Leave();
        }
    }
}
