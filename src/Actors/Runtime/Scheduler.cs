namespace Conference.Actors.Runtime;

/// <summary>Tells later. For an actor's own reminders use <see cref="IWithTimers"/>, which end with it.</summary>
public sealed class Scheduler
{
    private readonly ActorSystem _system;

    internal Scheduler(ActorSystem system) => _system = system;

    public ICancelable ScheduleTellOnceCancelable(TimeSpan delay, IActorRef receiver, object message, IActorRef? sender) =>
        new Scheduled(_system, delay, Timeout.InfiniteTimeSpan, receiver, message, sender);

    public ICancelable ScheduleTellRepeatedlyCancelable(
        TimeSpan initialDelay, TimeSpan interval, IActorRef receiver, object message, IActorRef? sender) =>
        new Scheduled(_system, initialDelay, interval, receiver, message, sender);

    public void ScheduleTellOnce(TimeSpan delay, IActorRef receiver, object message, IActorRef? sender) =>
        ScheduleTellOnceCancelable(delay, receiver, message, sender);

    private sealed class Scheduled : ICancelable
    {
        private readonly ActorSystem _system;
        private readonly IActorRef _receiver;
        private readonly object _message;
        private readonly IActorRef? _sender;
        private readonly ITimer _timer;
        private volatile bool _cancelled;

        internal Scheduled(
            ActorSystem system, TimeSpan due, TimeSpan period, IActorRef receiver, object message, IActorRef? sender)
        {
            ArgumentNullException.ThrowIfNull(receiver);
            ArgumentNullException.ThrowIfNull(message);
            (_system, _receiver, _message, _sender) = (system, receiver, message, sender);
            _timer = system.CreateTimer(static state => ((Scheduled)state!).Fire(), this, due, period);
        }

        public bool IsCancellationRequested => _cancelled;

        public void Cancel()
        {
            _cancelled = true;
            _timer.Dispose();
        }

        private void Fire()
        {
            if (_system.WhenTerminated.IsCompleted)
                Cancel();
            else if (!_cancelled)
                _receiver.Tell(_message, _sender);
        }
    }
}
