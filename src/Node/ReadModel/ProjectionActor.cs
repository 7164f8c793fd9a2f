using Akka.Actor;
using Akka.Event;
using Akka.Serialization;
using Conference.Actors.Cluster;
using Conference.Node.Metrics;

namespace Conference.Node.ReadModel;

/// <summary>Takes one projection forward: one actor in the cluster. It looks every <see cref="_pause"/>, and at once when somebody waits for it.</summary>
internal sealed class ProjectionActor : ReceiveActor, IWithTimers
{
    /// <summary>Half of it is how far it is behind the journal on the average, and what an idle node pays for.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);

    /// <summary>After failures in a row; a store that is back is noticed this soon.</summary>
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);

    private readonly ReadModels? _models;
    private readonly Projection _projection;
    private readonly IActingGuard _guard;
    private readonly ProjectionMeter _meter;
    private readonly ILogger _log;
    private TimeSpan _failurePause = _pause;
    private bool _isStepping;
    private bool _isAsked;

    public ProjectionActor(Func<Serialization, Projection> projection, ReadModels? models, IActingGuard guard, ProjectionMeter meter, ILogger log)
    {
        (_models, _guard, _meter, _log) = (models, guard, meter, log);
        _projection = projection(Context.System.Serialization);
        Receive<Look>(_ => Step());
        Receive<Stepped>(step => GoOn(step.IsMore));
        Receive<Status.Failure>(failure => Failed(failure.Cause));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="projection">Makes it.</param>
    /// <param name="models">Who waits for it, if anybody does.</param>
    /// <param name="guard">It does nothing while its node may not act.</param>
    /// <param name="meter">Where it counts.</param>
    /// <param name="log">Where it reports.</param>
    public static Props Props(Func<Serialization, Projection> projection, ReadModels? models, IActingGuard guard, ProjectionMeter meter, ILogger log) =>
        global::Akka.Actor.Props.Create(() => new ProjectionActor(projection, models, guard, meter, log));

    protected override void PreStart()
    {
        _models?.Found(Self);
        Self.Tell(Look.Instance);
    }

    protected override void PostStop()
    {
        _models?.Lost(Self);
        _meter.Stopped();
    }

    private void Step()
    {
        _isAsked = _isStepping;
        if (_isStepping)
            return;
        if (!_guard.MayAct)
        {
            LookAfter(_pause);
            return;
        }

        _isStepping = true;
        Timers.Cancel(Look.Instance);
        _projection.StepAsync(CancellationToken.None).PipeTo(Self, Self, isMore => new Stepped(isMore));
    }

    private void GoOn(bool isMore)
    {
        _isStepping = false;
        if (_failurePause != _pause)
            ReadModelLog.Recovered(_log, _projection.Title);
        _failurePause = _pause;
        if (isMore || _isAsked)
            Self.Tell(Look.Instance);
        else
            LookAfter(_pause);
    }

    private void Failed(Exception cause)
    {
        _isStepping = _isAsked = false;
        _meter.Failed();
        if (_failurePause == _pause)
            ReadModelLog.Failing(_log, _projection.Title, cause);
        _failurePause = _failurePause * 2 < _longestPause ? _failurePause * 2 : _longestPause;
        LookAfter(_failurePause);
    }

    private void LookAfter(TimeSpan pause) => Timers.StartSingleTimer(Look.Instance, Look.Instance, pause);

    internal sealed record Look : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Look Instance { get; } = new();
    }

    private sealed record Stepped(bool IsMore) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
