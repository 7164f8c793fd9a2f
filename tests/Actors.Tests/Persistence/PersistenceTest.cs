using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.TestKit.Persistence;
using Conference.Actors.Tests.Runtime;

namespace Conference.Actors.Tests.Persistence;

public abstract class PersistenceTest : ActorTest
{
    private protected static readonly PersistenceId Joe = new("joe");

    private protected PersistenceTest() =>
        PersistenceExtension.Configure(Sys, new PersistenceOptions { Journal = Journal, Serializer = new TextSerializer() });

    private protected InMemoryJournal Journal { get; } = new();

    private protected IActorRef Start(Action<Recorder>? configure = null) => Sys.ActorOf(Fun(() => new Recorder("joe", configure)));

    private protected void Stop(IActorRef actor)
    {
        Probe.Watch(actor);
        Sys.Stop(actor);
        Probe.ExpectTerminated(actor);
    }

    /// <summary>Stores events as an earlier incarnation would have.</summary>
    private protected void Given(params string[] events)
    {
        var actor = Start();
        actor.Tell(new Recorder.Add(events));
        Kit.AwaitIdle();
        Stop(actor);
    }

    private protected string StateOf(IActorRef actor)
    {
        Probe.Send(actor, new Recorder.Get());
        return Probe.ExpectMsg<string>();
    }

    private protected T ExpectFailure<T>() where T : Exception => Assert.IsType<T>(Probe.ExpectMsg<Status.Failure>().Cause);
}
