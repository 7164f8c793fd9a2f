using Akka.Configuration;
using Akka.Dispatch;

namespace Conference.Actors.Tests.Support;

/// <summary>Runs actors on the thread pool and counts them (<see cref="WorkCounter"/>), so that a test can wait until all is done instead of sleeping.</summary>
public sealed class CountingExecutor(Config config, IDispatcherPrerequisites prerequisites) : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new Service(id, WorkCounter.Of(Prerequisites.Settings.System));

    private sealed class Service(string id, WorkCounter counter) : ExecutorService(id)
    {
        public override void Execute(IRunnable run)
        {
            counter.Begin();
            ThreadPool.UnsafeQueueUserWorkItem(
                static work =>
                {
                    try
                    {
                        work.run.Run();
                    }
                    finally
                    {
                        work.counter.End();
                    }
                },
                (run, counter),
                preferLocal: false);
        }

        public override void Shutdown()
        {
        }
    }
}
