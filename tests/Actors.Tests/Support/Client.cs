using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Protocol.Commands;

namespace Conference.Actors.Tests.Support;

/// <summary>One client of the tests.</summary>
public sealed record Client(RecordingConnection Connection, IActorRef Session)
{
    public void Say(string line) => Session.Tell(CommandParser.Parse(line), ActorRefs.NoSender);

    public string Ask(string line)
    {
        Say(line);
        return Connection.Read();
    }

    public string Read() => Connection.Read();

    public void HangUp() => Session.Tell(new SessionCommands.Disconnected(Connection), ActorRefs.NoSender);
}
