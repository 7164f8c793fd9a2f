using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Runtime;

/// <summary>A kit per test, and short ways to make actors.</summary>
public abstract class ActorTest : IAsyncDisposable
{
    private protected TestKit.TestKit Kit { get; } = new();

    private protected ActorSystem Sys => Kit.Sys;

    private protected TestKit.TestProbe Probe => Kit.TestActor;

    private protected static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Kit.DisposeAsync();
        Assert.Equal(0, Sys.Statistics.LiveActors);
    }

    private protected static Props On(Action<FunActor, object> receive) => Fun(() => new FunActor { OnMessage = receive });

    private protected static Props Fun(Func<ActorBase> factory) => Props.Create(factory);

    private protected IActorRef Start(Action<FunActor, object> receive, string? name = null) => Sys.ActorOf(On(receive), name);

    private protected bool Wait(ManualResetEventSlim signal) => signal.Wait(Kit.Patience, TestContext.Current.CancellationToken);

    /// <summary>Tells the probe everything it receives; fails on exceptions.</summary>
    private protected Action<FunActor, object> Echo => (_, message) =>
    {
        if (message is Exception exception)
            throw exception;
        Probe.Ref.Tell(message);
    };
}
