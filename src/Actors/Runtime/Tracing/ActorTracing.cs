using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Conference.Actors.Runtime.Tracing;

/// <summary>
/// Spans of questions and of what actors do about them. A question that is asked inside a recorded span has a span of its own, which it
/// takes along as its sender (<see cref="ITracedRef"/>): whatever is told in its name, here and on other nodes, is handled in a child of it.
/// </summary>
/// <remarks>
/// <see cref="Activity.Current"/> is set while an actor handles such a message, and null before and after: it never leads from one message to the
/// next. With nobody listening all of this is one look at the source's listeners.
/// </remarks>
public static class ActorTracing
{
    /// <summary>For whoever collects spans.</summary>
    public const string SourceName = "Conference.Actors";

    private static readonly ActivitySource _source = new(SourceName);

    internal static bool IsListenedTo
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _source.HasListeners();
    }

    /// <summary>The span that runs here, if it is recorded. One that a framework keeps for itself and nobody is sent is none.</summary>
    internal static Activity? Current =>
        IsListenedTo && Activity.Current is { Recorded: true } current && current.Source.HasListeners() ? current : null;

    /// <summary>Makes <paramref name="span"/> the one that runs here, until the result is disposed of. Null changes nothing.</summary>
    internal static Scope Enter(Activity? span) => new(span);

    /// <summary>A part of what runs here, up to its disposal; null where nothing does.</summary>
    internal static Activity? StartPart(string name, ActivityKind kind) => Current is null ? null : _source.StartActivity(name, kind);

    /// <summary>A question's span, from asking to answer; null where nothing runs that it could be a part of. What runs goes on running.</summary>
    internal static Activity? StartAsk(object question)
    {
        if (Current is not { } asker)
            return null;
        var span = _source.StartActivity($"ask {question.GetType().Name}", ActivityKind.Client, asker.Context);
        Activity.Current = asker;
        return span;
    }

    /// <summary>Ends a question's span from wherever its answer came: what runs there goes on running.</summary>
    internal static void EndAsk(Activity span, Exception? failure)
    {
        var answering = Activity.Current;
        if (failure is not null)
            span.Fail(failure);
        span.Stop();
        Activity.Current = answering;
    }

    /// <summary>What an actor does about a message; runs here until it is stopped.</summary>
    internal static Activity? StartHandling(ActorBase actor, object message, TraceParent parent)
    {
        var kind = parent.Context.IsRemote ? ActivityKind.Server : ActivityKind.Internal;
        var span = _source.StartActivity($"{actor.GetType().Name} {message.GetType().Name}", kind, parent.Context);
        if (actor.Cell.Props.Tenure is { } tenure)
            span?.SetTag("conference.shard", tenure.Shard.Value);
        return span;
    }

    /// <summary>By its kind alone: what an exception says may hold anything.</summary>
    internal static void Fail(this Activity span, Exception cause) =>
        span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", cause.GetType().FullName);

    internal readonly struct Scope : IDisposable
    {
        private readonly Activity? _entered;
        private readonly Activity? _before;

        internal Scope(Activity? span)
        {
            _entered = span;
            if (span is null)
                return;
            _before = Activity.Current;
            Activity.Current = span;
        }

        public void Dispose()
        {
            if (_entered is not null)
                Activity.Current = _before;
        }
    }
}
