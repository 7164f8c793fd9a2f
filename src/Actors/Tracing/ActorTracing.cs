using System.Diagnostics;
using Akka.Actor;

namespace Conference.Actors.Tracing;

/// <summary>
/// Spans of questions and of what actors do about them. Akka carries no <see cref="Activity"/> from one actor to the next: what belongs to a
/// trace travels as <see cref="Traced"/>, here and to other nodes. With nobody listening all of this is one look at the source's listeners.
/// </summary>
public static class ActorTracing
{
    /// <summary>For whoever collects spans.</summary>
    public const string SourceName = "Conference.Actors";

    private static readonly ActivitySource _source = new(SourceName);

    /// <summary>The span that runs here, if it is recorded. One that a framework keeps for itself and nobody is sent is none.</summary>
    internal static Activity? Current =>
        _source.HasListeners() && Activity.Current is { Recorded: true } current && current.Source.HasListeners() ? current : null;

    /// <summary>Makes <paramref name="span"/> the one that runs here, until the result is disposed of. Null changes nothing.</summary>
    internal static Scope Enter(Activity? span) => new(span);

    /// <summary>A part of what runs here, up to its disposal; null where nothing does. What runs goes on running.</summary>
    internal static Activity? StartPart(string name, ActivityKind kind)
    {
        if (Current is not { } whole)
            return null;
        var part = _source.StartActivity(name, kind, whole.Context);
        Activity.Current = whole;
        return part;
    }

    /// <summary>Ends a part from wherever its end was heard of: what runs there goes on running.</summary>
    internal static void End(Activity? part, Exception? failure = null)
    {
        if (part is null)
            return;
        var running = Activity.Current;
        // By its kind alone: what an exception says may hold anything.
        if (failure is not null)
            part.SetStatus(ActivityStatusCode.Error).SetTag("error.type", failure.GetType().FullName);
        part.Stop();
        Activity.Current = running;
    }

    /// <summary>What an actor does about a message; runs here until it is stopped.</summary>
    internal static Activity? StartHandling(ActorBase actor, Traced traced) => _source.StartActivity(
        $"{actor.GetType().Name} {traced.Message.GetType().Name}",
        traced.Parent.IsRemote ? ActivityKind.Server : ActivityKind.Internal,
        traced.Parent);

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
