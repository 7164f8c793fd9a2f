using Akka.Actor;
using Conference.Actors.Rooms;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Forwarding;

/// <summary>
/// Who records the room. Told to everybody on this node but the recording user: when it begins, when it ends by whatever way, and to who comes
/// meanwhile. Part of a forwarder.
/// </summary>
internal sealed class RecorderNews(Name room, LocalMembers members, RoomMirror mirror)
{
    private readonly HashSet<Name> _told = [];

    /// <summary>Says what has changed since this was called last.</summary>
    public void Tell()
    {
        var now = mirror.Recorders.ToList();
        if (now.Count == 0 && _told.Count == 0)
            return;
        foreach (var who in _told.Except(now).ToList())
        {
            _told.Remove(who);
            TellSessions(who, isOn: false);
        }

        foreach (var who in now.Where(_told.Add))
            TellSessions(who, isOn: true);
    }

    /// <summary>To a session that was not here before.</summary>
    public void TellNewcomer(Participant newcomer)
    {
        foreach (var who in _told.Where(w => w != newcomer.Name))
            newcomer.Session.Tell(new SessionNotice.Recording(room, who, IsOn: true), ActorRefs.NoSender);
    }

    private void TellSessions(Name who, bool isOn)
    {
        var notice = new SessionNotice.Recording(room, who, isOn);
        foreach (var session in members.SessionsBut(who))
            session.Tell(notice, ActorRefs.NoSender);
    }
}
