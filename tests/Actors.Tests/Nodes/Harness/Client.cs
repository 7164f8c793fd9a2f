using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Protocol.Commands;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>One client of a node.</summary>
public sealed record Client(ClientConnection Connection, IActorRef Session, TestNode Node)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly Queue<string> _kept = new();

    public void Say(string line) => Session.Tell(CommandParser.Parse(line), ActorRefs.NoSender);

    public string Ask(string line)
    {
        Say(line);
        return Read();
    }

    public string Read() => _kept.TryDequeue(out string? kept) ? kept : Connection.TryRead(_patience) ?? throw new TimeoutException("no line came");

    /// <summary>A line that was read too early, to be read again.</summary>
    public void Keep(string line) => _kept.Enqueue(line);

    /// <summary>The names LIST shows. Events that come meanwhile can be read afterwards.</summary>
    public IReadOnlyList<string> List(string room)
    {
        var (names, others) = (new List<string>(), new List<string>());
        Say($"LIST {room}@example.org");
        for (string line = Read(); line != "211 end"; line = Read())
        {
            if (line.StartsWith("211 ", StringComparison.Ordinal))
                names.Add(line.Split(' ')[1]);
            else if (line[0] == '1')
                others.Add(line);
            else
                Assert.StartsWith("212 ", line, StringComparison.Ordinal);
        }

        others.ForEach(Keep);
        return names;
    }

    /// <summary>What has come and not been read.</summary>
    public IReadOnlyList<string> ReadAll()
    {
        var lines = new List<string>(_kept);
        _kept.Clear();
        while (Connection.TryRead(TimeSpan.Zero) is { } line)
            lines.Add(line);
        return lines;
    }

    public void HangUp() => Session.Tell(new SessionCommands.Disconnected(Connection), ActorRefs.NoSender);
}
