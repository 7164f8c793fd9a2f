using System.Diagnostics;
using Conference.Actors.Runtime;

namespace Conference.Bench.Actors;

/// <summary>Starting actors, and what they weigh: five handlers each, all having handled one message.</summary>
internal static class Spawn
{
    public static async Task<double> Rate(int actors)
    {
        var started = Stopwatch.GetTimestamp();
        var system = await StartAll(actors);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await system.TerminateAsync();
        return actors / seconds / 1e3;
    }

    public static async Task<double> BytesPerActor(int actors)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var system = await StartAll(actors);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        await system.TerminateAsync();
        return (after - before) / (double)actors;
    }

    private static async Task<ActorSystem> StartAll(int actors)
    {
        var system = ActorSystem.Create("bench");
        var ready = new Countdown(actors);
        for (var i = 0; i < actors; i++)
            system.ActorOf(Props.Create(() => new Idler(ready))).Tell("hello", ActorRefs.NoSender);
        await ready.Done.Task;
        return system;
    }

    private sealed class Countdown(int count)
    {
        private int _left = count;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Signal()
        {
            if (Interlocked.Decrement(ref _left) == 0)
                Done.SetResult();
        }
    }

    private sealed class Idler : ReceiveActor
    {
        private int _state;

        public Idler(Countdown ready)
        {
            Receive<string>(_ => ready.Signal());
            Receive<int>(value => _state = value);
            Receive<long>(value => _state += (int)value);
            Receive<Terminated>(_ => _state = 0);
            ReceiveAny(_ => _state++);
        }
    }
}
