namespace Conference.Actors.Runtime;

/// <summary>
/// Timers of one actor, by key. They end with the actor and with its restart. Once a timer is cancelled or replaced its message is
/// never delivered, not even one that was already in the mailbox.
/// </summary>
public interface ITimerScheduler
{
    void StartSingleTimer(object key, object message, TimeSpan timeout);

    void StartPeriodicTimer(object key, object message, TimeSpan interval);

    void StartPeriodicTimer(object key, object message, TimeSpan initialDelay, TimeSpan interval);

    bool IsTimerActive(object key);

    void Cancel(object key);

    void CancelAll();
}
