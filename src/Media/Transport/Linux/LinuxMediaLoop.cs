using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>What others see of a loop, whatever its steps are made of.</summary>
internal abstract class LinuxMediaLoop : IDisposable
{
    public abstract LoopCounters Counters { get; }

    public abstract void Start();

    /// <summary>What it is busy with. From any thread.</summary>
    public abstract LoopStatistics Read();

    /// <summary>Hands the loop something to do. From any thread; in order per caller.</summary>
    public abstract void Post(LoopCommand command);

    /// <summary>Stops the loop hearing a descriptor. From any thread.</summary>
    public abstract void Forget(int fd);

    /// <summary>A way for another loop to hand batches to this one. From any thread.</summary>
    public abstract LoopRing OpenRing();

    /// <summary>After something was put into a ring: wakes the loop if it sleeps. From any thread.</summary>
    public abstract void WakeIfIdle();

    /// <summary>Ends the thread. What its ports held must have been closed by commands before.</summary>
    public abstract void Stop();

    /// <summary>Runs what commands are left. After every loop has stopped; they may leave each other some.</summary>
    public abstract void Finish();

    /// <summary>Frees what it holds, when nobody has anything left to say to it.</summary>
    public abstract void Dispose();
}
