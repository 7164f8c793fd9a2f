using System.Diagnostics;
using Conference.Actors.Runtime;

namespace Conference.Bench.Actors;

/// <summary>Pairs of actors that send one message to and fro. Both directions count, as in Akka's own benchmark.</summary>
internal static class PingPong
{
    public static async Task<double> Run(int pairs, int messages)
    {
        var system = ActorSystem.Create("bench");
        var each = messages / pairs / 2;
        var done = new CountdownEvent(pairs);
        var finished = new TaskCompletionSource();
        var pingers = new List<IActorRef>();
        for (var i = 0; i < pairs; i++)
        {
            var ponger = system.ActorOf(Props.Create(() => new Ponger()));
            pingers.Add(system.ActorOf(Props.Create(() => new Pinger(ponger, each, () =>
            {
                if (done.Signal())
                    finished.SetResult();
            }))));
        }
        var started = Stopwatch.GetTimestamp();
        foreach (var pinger in pingers)
            pinger.Tell(Ball.Instance, ActorRefs.NoSender);
        await finished.Task;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await system.TerminateAsync();
        return each * 2.0 * pairs / seconds / 1e6;
    }

    private sealed class Ball
    {
        public static readonly Ball Instance = new();
    }

    private sealed class Pinger : ReceiveActor
    {
        private int _left;

        public Pinger(IActorRef ponger, int count, Action done)
        {
            _left = count;
            Receive<Ball>(ball =>
            {
                if (_left-- > 0)
                    ponger.Tell(ball, Self);
                else
                    done();
            });
        }
    }

    private sealed class Ponger : ReceiveActor
    {
        public Ponger() => Receive<Ball>(ball => Sender.Tell(ball, Self));
    }
}
