using Conference.Actors.Cluster;
using Conference.Actors.Runtime;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Forwarding;

/// <summary>
/// Who speaks. A node is sent voices only where a member has a port for them, so one whose members only watch hears nobody: the speaker's
/// own node, which hears everybody, tells it whom to show.
/// </summary>
public sealed partial class ForwarderActor
{
    /// <summary>Who spoke last, and by which port; of this node or another.</summary>
    private (Name Speaker, PortId Port)? _speaking;

    private void Spoke(ForwarderCommands.Spoke spoke)
    {
        if (_state.NameOf(spoke.Participant) is not { } who)
            return;
        _state.ToldSpeaker = null;
        TellOfSpeaker(who);
        _speaking = (who, spoke.Port);
        foreach (var node in _mirror.Members.Select(m => m.Who.On).Distinct())
            TellSpeaker(node);
    }

    private void SpokeElsewhere(ForwarderCommands.SpokeElsewhere spoke)
    {
        if (_state.ToldSpeaker == spoke.Speaker)
            return;
        _state.ToldSpeaker = spoke.Speaker;
        ApplyRoutes();
        TellOfSpeaker(spoke.Speaker);
    }

    /// <summary>Tells a node that hears no voices who speaks, if it is a member of this node.</summary>
    private void TellSpeaker(NodeId node)
    {
        if (node == _self || _speaking is not var (speaker, port) || _state.ServiceOf(port) is not { } voices)
            return;
        var there = _mirror.Members.Where(m => m.Who.On == node).ToList();
        if (there.Count > 0 && there.TrueForAll(m => !m.Ports.ContainsKey(voices)))
            there[0].Who.Node.Tell(new ForwarderCommands.SpokeElsewhere(_room, speaker), ActorRefs.NoSender);
    }

    private void TellOfSpeaker(Name who)
    {
        foreach (var session in _state.SessionsBut(who))
            session.Tell(new SessionNotice.Spoke(who));
    }
}
