using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Forwarding;

/// <summary>
/// Who speaks. A node is sent voices only where a member has a port for them, so one whose members only watch hears nobody: the speaker's
/// own node, which hears everybody, tells it whom to show. Part of a forwarder.
/// </summary>
internal sealed class SpeakerNews(Name room, NodeId self, LocalMembers members, RoomMirror mirror)
{
    /// <summary>Who spoke last, and by which port; of this node or another.</summary>
    private (Name Speaker, PortId Port)? _speaking;

    /// <summary>The plane has heard somebody.</summary>
    public void Spoke(ForwarderCommands.Spoke spoke)
    {
        if (members.NameOf(spoke.Participant) is not { } who)
            return;
        members.ToldSpeaker = null;
        TellSessions(who);
        _speaking = (who, spoke.Port);
        foreach (var node in mirror.Members.Select(m => m.Who.On).Distinct())
            TellOf(node);
    }

    /// <summary>Another node has.</summary>
    /// <returns>False when it was known.</returns>
    public bool SpokeElsewhere(ForwarderCommands.SpokeElsewhere spoke)
    {
        if (members.ToldSpeaker == spoke.Speaker)
            return false;
        members.ToldSpeaker = spoke.Speaker;
        TellSessions(spoke.Speaker);
        return true;
    }

    /// <summary>Tells a node that hears no voices who speaks, if it is a member of this node.</summary>
    public void TellOf(NodeId node)
    {
        if (node == self || _speaking is not var (speaker, port) || members.ServiceOf(port) is not { } voices)
            return;
        var there = mirror.Members.Where(m => m.Who.On == node).ToList();
        if (there.Count > 0 && there.TrueForAll(m => !m.Ports.ContainsKey(voices)))
            there[0].Who.Node.Tell(new ForwarderCommands.SpokeElsewhere(room, speaker), ActorRefs.NoSender);
    }

    private void TellSessions(Name who)
    {
        foreach (var session in members.SessionsBut(who))
            session.Tell(new SessionNotice.Spoke(who), ActorRefs.NoSender);
    }
}
