using System.Globalization;
using Conference.Actors.Cluster;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Execution;
using Conference.Actors.Runtime.Tracing;

namespace Conference.Actors.Remoting;

/// <summary>
/// An actor of another node, by that node's number for it. Two references to one actor are equal. What is told to it is one message
/// over the link, at most once.
/// </summary>
internal sealed class RemoteActorRef(RemoteActors remote, NodeId node, ulong id, bool isPromise, TraceParent? trace = null) : IRemoteActorRef, IEquatable<RemoteActorRef>
{
    public NodeId Node => node;

    public bool IsPromise => isPromise;

    public TraceParent? Trace => trace;

    /// <summary>Made of numbers: the path the actor has at home may hold a name.</summary>
    public ActorPath Path => new(new ActorPath(new ActorPath(null, "remote"), node.ToString()), id.ToString(CultureInfo.InvariantCulture));

    public ActorSystem System => remote.System;

    /// <summary>Not known here; a watch would tell.</summary>
    public bool IsTerminated => false;

    internal ulong Id => id;

    public void Tell(object message, IActorRef? sender)
    {
        if (!TryTell(message, sender))
            System.DeadLetter(message, sender, this, DeadLetterReason.Unreachable);
    }

    public bool TryTell(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        return remote.TryTell(this, message, sender);
    }

    public void SendSystem(SystemMessage message)
    {
        switch (message)
        {
            case Watch watch:
                remote.Watch(this, watch.Watcher);
                break;
            case Unwatch unwatch:
                remote.Unwatch(this, unwatch.Watcher);
                break;
            case Terminate:
                throw new NotSupportedException($"{Path} is another node's: it can be asked to stop, and not be stopped");
        }
    }

    public bool Equals(RemoteActorRef? other) => other is not null && other.Id == id && other.Node == node;

    public override bool Equals(object? obj) => Equals(obj as RemoteActorRef);

    public override int GetHashCode() => HashCode.Combine(node, id);

    public override string ToString() => Path.ToString();
}
