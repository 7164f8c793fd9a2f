using Conference.Actors.Cluster;
using Conference.Actors.Remoting.Protos;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Execution;
using Conference.Actors.Runtime.Tracing;
using Google.Protobuf;

namespace Conference.Actors.Remoting;

/// <summary>
/// The actors of other nodes, as this one's see them: plain references, told and watched like any other. What is told to one crosses the
/// node's link as one message, in order, at most once; death watch survives the link and ends with the node.
/// </summary>
public sealed partial class RemoteActors : INodeLinkHandler
{
    private readonly ICluster _cluster;
    private readonly INodeLinks _links;
    private readonly IMessageSerializer _serializer;
    private readonly ActorExports _exports;
    private readonly RemoteWatches _watches;
    private long _malformed;
    private long _unknown;
    private long _stale;

    internal RemoteActors(ActorSystem system, ICluster cluster, INodeLinks links, IMessageSerializer serializer)
    {
        System = system;
        _cluster = cluster;
        _links = links;
        _serializer = serializer;
        _exports = new ActorExports(TellOfEnd);
        _watches = new RemoteWatches(TellToWatch);
    }

    public RemotingStatistics Statistics => new(
        Interlocked.Read(ref _malformed), Interlocked.Read(ref _unknown), Interlocked.Read(ref _stale), _exports.Count, _watches.Count);

    internal ActorSystem System { get; }

    /// <summary>An actor that every node has, on the node named; on this one, that very actor.</summary>
    public IActorRef RefOf(NodeId node, WellKnownActor actor) => Resolve(node, (ulong)actor, isPromise: false);

    /// <summary>From now on other nodes reach this actor under its name. To be called before <see cref="Open"/>.</summary>
    internal void Register(WellKnownActor name, IActorRef actor) => _exports.Register(name, IInternalActorRef.Of(actor));

    /// <summary>All that others may speak to is there: let them.</summary>
    internal void Open()
    {
        _cluster.Subscribe(Follow);
        _links.Attach(this);
    }

    internal IActorRef Resolve(NodeId node, ulong id, bool isPromise, TraceParent? trace = null) =>
        node == _cluster.Self && _exports.Find(id) is { } local ? local : new RemoteActorRef(this, node, id, isPromise, trace);

    /// <returns>False when there is no link, or its queue is full. What can never cross is a dead letter, and fails its ask.</returns>
    internal bool TryTell(RemoteActorRef recipient, object message, IActorRef? sender)
    {
        var self = _cluster.Self;
        if (recipient.Node == self)
        {
            // It was one of ours when the reference was read, and had ended.
            System.DeadLetter(message, sender, recipient, DeadLetterReason.Stopped);
            return true;
        }
        var references = new ReferenceWriter(_exports, self, recipient.Node);
        var tell = new Tell { Recipient = recipient.Id };
        if (!TellContent.TryWrite(tell, message, _serializer, references))
        {
            CannotCross(recipient, message, sender);
            return true;
        }
        if (sender is not null)
            tell.Sender = references.Write(sender);
        if (sender is ITracedRef { Trace: { } trace })
            tell.Trace = TraceContext.Write(trace);
        var envelope = new Envelope { Tell = tell };
        references.WriteNodes(envelope);
        if (envelope.CalculateSize() > INodeLinks.MaxMessageBytes)
        {
            CannotCross(recipient, message, sender);
            return true;
        }
        return TrySend(recipient.Node, envelope);
    }

    public void Received(NodeId peer, ReadOnlySpan<byte> message)
    {
        try
        {
            var envelope = Envelope.Parser.ParseFrom(message);
            var (from, to) = (NodeIds.Read(envelope.From), NodeIds.Read(envelope.To));
            if (from == peer && to == _cluster.Self)
                Receive(peer, envelope, new ReferenceReader(this, from, to, envelope.Others));
            else
                Interlocked.Increment(ref _stale);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidDataException)
        {
            Interlocked.Increment(ref _malformed);
        }
    }

    public void Connected(NodeId peer)
    {
        _watches.Connected(peer);
        SeeToIt();
        System.EventStream.Publish(new NodeConnected(peer));
    }

    public void Disconnected(NodeId peer)
    {
        // It will say anew what it watches, and hear then what has ended.
        lock (_owed)
            _owed.Remove(peer);
        System.EventStream.Publish(new NodeDisconnected(peer));
    }

    private void Receive(NodeId peer, Envelope envelope, ReferenceReader references)
    {
        switch (envelope.ContentCase)
        {
            case Envelope.ContentOneofCase.Tell:
                Deliver(peer, envelope.Tell, references);
                break;
            case Envelope.ContentOneofCase.Watch:
                var gone = envelope.Watch.Ids.Where(id => !_exports.AddWatcher(id, peer)).ToArray();
                if (gone.Length > 0)
                    TellOfEnd(peer, gone);
                break;
            case Envelope.ContentOneofCase.Unwatch:
                foreach (var id in envelope.Unwatch.Ids)
                    _exports.RemoveWatcher(id, peer);
                break;
            case Envelope.ContentOneofCase.Terminated:
                _watches.Ended(peer, envelope.Terminated.Ids);
                break;
            default:
                Interlocked.Increment(ref _unknown);
                break;
        }
    }

    private void Deliver(NodeId peer, Tell tell, ReferenceReader references)
    {
        var sender = tell.Sender is { Id: > 0 } known ? references.ReadSender(known, TraceContext.Read(tell.Trace)) : null;
        if (TellContent.Read(tell, _serializer, references) is not { } message)
        {
            Interlocked.Increment(ref _unknown);
            if (sender is IRemoteActorRef { IsPromise: true })
                sender.Tell(new Runtime.Status.Failure(new MessageNotUnderstoodException()), ActorRefs.NoSender);
            return;
        }
        if (_exports.Find(tell.Recipient) is { } recipient)
            recipient.Tell(message, sender);
        else
            System.DeadLetter(message, sender, new RemoteActorRef(this, _cluster.Self, tell.Recipient, isPromise: false), DeadLetterReason.Stopped);
    }

    private void CannotCross(RemoteActorRef recipient, object message, IActorRef? sender)
    {
        System.DeadLetter(message, sender, recipient, DeadLetterReason.CannotCross);
        if (sender is IPromiseRef)
            sender.Tell(
                new Runtime.Status.Failure(new NotSupportedException($"{message.GetType().Name} cannot cross to another node")), ActorRefs.NoSender);
    }

    private bool TrySend(NodeId to, Envelope envelope)
    {
        var size = envelope.CalculateSize();
        const int onStack = 1024;
        if (size <= onStack)
        {
            Span<byte> small = stackalloc byte[onStack];
            envelope.WriteTo(small[..size]);
            return _links.TrySend(to, small[..size]);
        }
        var rented = global::System.Buffers.ArrayPool<byte>.Shared.Rent(size);
        envelope.WriteTo(rented.AsSpan(0, size));
        var sent = _links.TrySend(to, rented.AsSpan(0, size));
        // What it held may be a credential.
        global::System.Buffers.ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        return sent;
    }
}
