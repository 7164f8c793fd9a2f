using Akka.Actor;
using Conference.Protocol;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>The last words of an open call, for who comes late. In memory alone: they end with the call, and with the room's actor. Part of the room's actor.</summary>
internal sealed class RoomHistory(RoomState state)
{
    public const int Length = 100;

    private readonly Queue<SessionNotice.Said> _said = new(0);

    public void Add(SessionNotice.Said said)
    {
        if (!state.Rules.KeepsHistory || !state.IsOpen || said.Service != Service.Chat)
            return;
        if (_said.Count == Length)
            _said.Dequeue();
        _said.Enqueue(said);
    }

    public void Clear() => _said.Clear();

    public void TellAll(IActorRef newcomer)
    {
        foreach (var said in _said)
            newcomer.Tell(said, ActorRefs.NoSender);
    }
}
