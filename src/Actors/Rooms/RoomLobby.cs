using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>
/// Who waits to be let into a room: sessions that this life of its actor knows of. They watch it, and ask again when it ends. Part of the room's actor.
/// </summary>
internal sealed class RoomLobby(Name room, RoomState state, IActorContext context)
{
    // In the order they came.
    private readonly OrderedDictionary<SessionId, Participant> _waiting = [];

    public int Count => _waiting.Count;

    /// <summary>Each name once, the one that has waited longest first.</summary>
    public IEnumerable<Name> Names => _waiting.Values.Select(w => w.Name).Distinct();

    public bool Has(Name who) => _waiting.Values.Any(w => w.Name == who);

    public bool Has(SessionId session) => _waiting.ContainsKey(session);

    /// <summary>From now on it waits, and moderators know.</summary>
    public void Add(Participant who)
    {
        bool isNews = !Has(who.Name);
        _waiting[who.Id] = who;
        context.Watch(who.Session);
        who.Session.Tell(new SessionCommands.WatchLobby(room, context.Self), ActorRefs.NoSender);
        if (isNews)
            TellModerators(who.Name, isWaiting: true);
    }

    /// <summary>It came in, thought better of it, or is gone.</summary>
    public void Remove(SessionId session)
    {
        if (!_waiting.Remove(session, out var who))
            return;
        context.Unwatch(who.Session);
        if (!Has(who.Name))
            TellModerators(who.Name, isWaiting: false);
    }

    public void Ended(IActorRef session)
    {
        foreach (var id in _waiting.Where(w => w.Value.Session.Equals(session)).Select(w => w.Key).ToArray())
            Remove(id);
    }

    /// <summary>A moderator has decided about everybody of a name.</summary>
    public void Decide(Name who, bool isAdmitted) => Decide(w => w.Name == who, isAdmitted);

    /// <summary>There is no lobby any more, or no room.</summary>
    public void DecideAll(bool isAdmitted) => Decide(_ => true, isAdmitted);

    /// <summary>Somebody who moderates is here: it is told who waits.</summary>
    public void TellOfAll(Participant moderator)
    {
        foreach (var name in Names)
            moderator.Session.Tell(new SessionNotice.Waits(room, name, IsWaiting: true), ActorRefs.NoSender);
    }

    private void Decide(Predicate<Participant> isMeant, bool isAdmitted)
    {
        foreach (var who in _waiting.Values.Where(w => isMeant(w)).ToArray())
        {
            Remove(who.Id);
            who.Session.Tell(new SessionNotice.LobbyOver(room, isAdmitted), ActorRefs.NoSender);
        }
    }

    private void TellModerators(Name who, bool isWaiting)
    {
        foreach (var member in state.Members.Where(m => state.IsModerator(m.Who)))
            member.Who.Session.Tell(new SessionNotice.Waits(room, who, isWaiting), ActorRefs.NoSender);
    }
}
