using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>Keeps what a system warns of, for whoever looks why a test fails; <c>CONFERENCE_TEST_LOG=1</c> prints it.</summary>
public sealed class TestLog : ReceiveActor
{
    private static readonly bool _isPrinted = Environment.GetEnvironmentVariable("CONFERENCE_TEST_LOG") is not null;

    public TestLog()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(line =>
        {
            string text = $"{DateTime.UtcNow:HH:mm:ss.fff} {TestParts.Of(Context.System.Settings.Config).Name} {line.LogLevel()} {line.LogSource}: {line.Message} {line.Cause}";
            Lines.Enqueue(text);
            if (_isPrinted)
                Console.Error.WriteLine(text);
        });
    }

    public static ConcurrentQueue<string> Lines { get; } = [];
}
