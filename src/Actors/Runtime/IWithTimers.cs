namespace Conference.Actors.Runtime;

/// <summary>An actor that wants timers. Set by the kernel before the actor's own constructor runs.</summary>
public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}
