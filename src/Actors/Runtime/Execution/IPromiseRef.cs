using Conference.Actors.Runtime.Tracing;

namespace Conference.Actors.Runtime.Execution;

/// <summary>The sender of an ask: who sends to it knows that somebody waits, and for how long.</summary>
internal interface IPromiseRef : IInternalActorRef, ITracedRef
{
    /// <summary>Ends with the first of reply, deadline and cancellation.</summary>
    Task Completion { get; }
}
