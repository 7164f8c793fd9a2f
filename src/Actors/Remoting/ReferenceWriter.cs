using Conference.Actors.Cluster;
using Conference.Actors.Remoting.Protos;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Execution;
using Conference.Actors.Runtime.Tracing;
using Google.Protobuf;

namespace Conference.Actors.Remoting;

/// <summary>Writes the references in one message. A node takes its 16 bytes once, however many references name it.</summary>
internal sealed class ReferenceWriter(ActorExports exports, NodeId from, NodeId to)
{
    private List<NodeId>? _others;

    /// <summary>What stands for no actor (nobody, the dead letters) is nobody there too.</summary>
    internal ActorReference Write(IActorRef actor) => actor switch
    {
        IRemoteActorRef remote => new ActorReference { Node = Write(remote.Node), Id = ((RemoteActorRef)remote).Id, Promise = remote.IsPromise },
        DeadLetterRef => new ActorReference(),
        IInternalActorRef local => new ActorReference { Id = exports.IdOf(local), Promise = local is IPromiseRef },
        _ => new ActorReference(),
    };

    internal void WriteNodes(Envelope envelope)
    {
        envelope.From = NodeIds.Write(from);
        envelope.To = NodeIds.Write(to);
        if (_others is not null)
            envelope.Others.AddRange(_others.Select(NodeIds.Write));
    }

    /// <summary>A node by itself, as its place among those the message names.</summary>
    internal uint Write(NodeId node)
    {
        if (node == from)
            return 0;
        if (node == to)
            return 1;
        _others ??= [];
        var index = _others.IndexOf(node);
        if (index < 0)
        {
            index = _others.Count;
            _others.Add(node);
        }
        return (uint)index + 2;
    }
}

/// <summary>Reads the references in one message: to the very actor where it is one of this node's.</summary>
internal sealed class ReferenceReader(RemoteActors remote, NodeId from, NodeId to, IReadOnlyList<ByteString> others)
{
    /// <exception cref="InvalidDataException">It names a node that the message does not.</exception>
    internal IActorRef Read(ActorReference? reference) => ReadSender(reference, null);

    /// <param name="reference">Absent: nobody.</param>
    /// <param name="trace">That the message belongs to; null for none.</param>
    /// <exception cref="InvalidDataException">It names a node that the message does not.</exception>
    internal IActorRef ReadSender(ActorReference? reference, TraceParent? trace)
    {
        if (reference is null || reference.Id == 0)
            return ActorRefs.Nobody;
        return remote.Resolve(Read(reference.Node), reference.Id, reference.Promise, trace);
    }

    /// <exception cref="InvalidDataException">The message names no such node.</exception>
    internal NodeId Read(uint node) => node switch
    {
        0 => from,
        1 => to,
        var index when index - 2 < others.Count => NodeIds.Read(others[(int)(index - 2)]),
        _ => throw new InvalidDataException("a reference names no node"),
    };
}

/// <summary>A node's identity on the wire: 16 bytes, big-endian.</summary>
internal static class NodeIds
{
    internal static ByteString Write(NodeId id) => ByteString.CopyFrom(id.Value.ToByteArray(bigEndian: true));

    internal static NodeId Read(ByteString bytes) => bytes.Length == 16
        ? new NodeId(new Guid(bytes.Span, bigEndian: true))
        : throw new InvalidDataException("a node's identity has 16 bytes");
}
