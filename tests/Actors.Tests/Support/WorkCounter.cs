using System.Runtime.CompilerServices;
using Akka.Actor;

namespace Conference.Actors.Tests.Support;

/// <summary>Mailboxes of one actor system that wait for a thread or run. At zero, no actor has anything to do. Safe from any thread.</summary>
public sealed class WorkCounter
{
    private static readonly ConditionalWeakTable<ActorSystem, WorkCounter> _bySystem = [];

    private readonly object _gate = new();
    private int _working;
    private int _waiters;

    public static WorkCounter Of(ActorSystem system) => _bySystem.GetOrCreateValue(system);

    public void Begin() => Interlocked.Increment(ref _working);

    public void End()
    {
        if (Interlocked.Decrement(ref _working) > 0 || Volatile.Read(ref _waiters) == 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    /// <returns>False when they were at work still after <paramref name="patience"/>, in real time.</returns>
    public bool WaitForZero(TimeSpan patience)
    {
        if (Volatile.Read(ref _working) == 0)
            return true;
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        Interlocked.Increment(ref _waiters);
        try
        {
            lock (_gate)
            {
                while (Volatile.Read(ref _working) > 0)
                {
                    long left = deadline - Environment.TickCount64;
                    if (left <= 0)
                        return false;
                    Monitor.Wait(_gate, (int)Math.Min(left, int.MaxValue));
                }

                return true;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiters);
        }
    }
}
