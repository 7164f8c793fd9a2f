using Conference.Actors.Cluster;
using Conference.Actors.Runtime.Tracing;

namespace Conference.Actors.Runtime.Execution;

/// <summary>An actor on another node.</summary>
internal interface IRemoteActorRef : IInternalActorRef, ITracedRef
{
    NodeId Node { get; }

    /// <summary>It is the sender of an ask: it takes one reply, and its own node sees to it that the question is repeated.</summary>
    bool IsPromise { get; }

    /// <summary>Tell, for a sender that knows what to do when there is no link: false then, and no dead letter is made.</summary>
    bool TryTell(object message, IActorRef? sender);
}
