using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Execution;
using Microsoft.Extensions.Logging;

namespace Conference.Actors.TestKit;

/// <summary>
/// An actor system on a clock of the test's own. To be derived from or held. <c>kit.Advance(x)</c> is deterministic: after it, all
/// that was due has fired and all that it set off has been handled.
/// </summary>
public class TestKit : IAsyncDisposable
{
    private int _probes;

    public TestKit(ILoggerFactory? loggerFactory = null) : this("test", new VirtualTime(), new ActivityCounter(), loggerFactory)
    {
    }

    /// <summary>One of several systems with one clock, which are idle together.</summary>
    internal TestKit(string name, VirtualTime time, ActivityCounter activity, ILoggerFactory? loggerFactory = null)
    {
        Time = time;
        Sys = ActorSystem.Create(name, new ActorSystemOptions { TimeProvider = time, LoggerFactory = loggerFactory, Activity = activity });
        TestActor = CreateTestProbe("testActor");
    }

    public ActorSystem Sys { get; }

    public VirtualTime Time { get; }

    /// <summary>A probe for tests that need only one.</summary>
    public TestProbe TestActor { get; }

    /// <summary>How long, in real time, to wait for what should come.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    public TestProbe CreateTestProbe(string? name = null) => new(this, name ?? $"probe-{Interlocked.Increment(ref _probes)}");

    /// <summary>
    /// Waits until no actor of the system has anything queued or is running. An actor that awaits something counts as idle until that
    /// something happens; tasks outside of actors (a PipeTo under way) are not seen: expect their message instead.
    /// </summary>
    public void AwaitIdle()
    {
        if (!Sys.Activity!.WaitForZero(Patience))
            throw new TestKitException($"The actors were still busy after {Patience}");
    }

    /// <summary>Moves the clock, timer by timer, letting the actors settle before, between and after.</summary>
    public void Advance(TimeSpan by)
    {
        AwaitIdle();
        Time.Advance(by, AwaitIdle);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Sys.TerminateAsync().WaitAsync(Patience);
    }
}
