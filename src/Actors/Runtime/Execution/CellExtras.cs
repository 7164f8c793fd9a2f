using System.Diagnostics;

namespace Conference.Actors.Runtime.Execution;

/// <summary>What only some actors need, kept out of the cell for the sake of the many.</summary>
internal sealed class CellExtras
{
    internal ActorStash? Stash;
    internal TimerScheduler? Timers;
    internal ReceiveTimeoutTimer? ReceiveTimeout;

    /// <summary>The task of the current message; while it runs, the actor is suspended.</summary>
    internal Task? Task;

    /// <summary>Of the current message, where it belongs to a trace.</summary>
    internal Activity? Span;

    internal ActorSynchronizationContext? Synchronization;

    /// <summary>A stop or restart that came while <see cref="Task"/> ran.</summary>
    internal Queue<SystemMessage>? Deferred;

    /// <summary>Why the actor is in <see cref="CellState.Recreating"/>.</summary>
    internal Exception? RecreateCause;
}
