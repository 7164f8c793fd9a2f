namespace Conference.Actors.Runtime.Tracing;

/// <summary>A sender that may belong to a trace: what is told in its name then belongs to it too.</summary>
internal interface ITracedRef : IActorRef
{
    /// <summary>Null where nobody follows.</summary>
    TraceParent? Trace { get; }
}
