using System.Diagnostics;
using Conference.Actors.Runtime;

namespace Conference.Bench.Actors;

/// <summary>Round trips with a deadline, from tasks outside of actors.</summary>
internal static class Asks
{
    public static async Task<double> Run(int concurrent, int asks)
    {
        var system = ActorSystem.Create("bench");
        var echo = system.ActorOf(Props.Create(() => new Echo()));
        var each = asks / concurrent;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, concurrent).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
                await echo.Ask<string>("?", TimeSpan.FromSeconds(10));
        })));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await system.TerminateAsync();
        return each * (double)concurrent / seconds / 1e3;
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => Receive<string>(text => Sender.Tell(text));
    }
}
