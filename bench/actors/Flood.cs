using System.Diagnostics;
using Conference.Actors.Runtime;

namespace Conference.Bench.Actors;

/// <summary>Threads that tell one actor as fast as they can; until it has handled the last message.</summary>
internal static class Flood
{
    private static readonly object Drop = new();

    public static async Task<double> Run(int producers, int messages)
    {
        var system = ActorSystem.Create("bench");
        var each = messages / producers;
        var finished = new TaskCompletionSource();
        var sink = system.ActorOf(Props.Create(() => new Sink(each * producers, finished)));
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, producers).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                sink.Tell(Drop, ActorRefs.NoSender);
        })));
        await finished.Task;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await system.TerminateAsync();
        return each * (double)producers / seconds / 1e6;
    }

    private sealed class Sink : ReceiveActor
    {
        private int _received;

        public Sink(int expected, TaskCompletionSource finished) => ReceiveAny(_ =>
        {
            if (++_received == expected)
                finished.SetResult();
        });
    }
}
