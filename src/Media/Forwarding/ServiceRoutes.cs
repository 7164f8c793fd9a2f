using Conference.Media.Trunks;

namespace Conference.Media.Forwarding;

/// <summary>Who hears whom in one room and service, compiled for the loop: one flat array, so that N members cost N entries
/// and not N squared. Immutable.</summary>
/// <param name="entries">The ports here.</param>
/// <param name="remote">Those on other nodes.</param>
/// <param name="outlets">Each of those nodes, once.</param>
internal sealed class ServiceRoutes(RouteEntry[] entries, RemoteEntry[] remote, TrunkOutlet[] outlets)
{
    public static ServiceRoutes None { get; } = new([], [], []);

    public ReadOnlySpan<RouteEntry> Entries => entries;

    public ReadOnlySpan<RemoteEntry> Remote => remote;

    public ReadOnlySpan<TrunkOutlet> Outlets => outlets;

    /// <summary>A participant has a port, here or elsewhere, that is not muted.</summary>
    public bool Sends(ParticipantId who)
    {
        foreach (ref readonly RouteEntry entry in Entries)
        {
            if (entry.Participant == who && !entry.Muted)
                return true;
        }

        foreach (ref readonly RemoteEntry entry in Remote)
        {
            if (entry.Participant == who && !entry.Muted)
                return true;
        }

        return false;
    }

    /// <summary>Whose a port is that sends; false when the routes do not name it.</summary>
    public bool TryFind(MediaPort port, out ParticipantId whose)
    {
        switch (port)
        {
            case ClientPort here when IndexOf(here) is >= 0 and int place:
                whose = entries[place].Participant;
                return true;
            case TrunkPort elsewhere when IndexOf(elsewhere) is >= 0 and int place:
                whose = remote[place].Participant;
                return true;
            default:
                whose = default;
                return false;
        }
    }

    /// <summary>All that is on a node, or null when nothing is.</summary>
    public TrunkOutlet? OutletTo(TrunkPeer peer)
    {
        foreach (TrunkOutlet outlet in outlets)
        {
            if (outlet.Peer == peer)
                return outlet;
        }

        return null;
    }

    /// <summary>This port's place among <see cref="Entries"/>, or -1 when the routes do not name it.</summary>
    public int IndexOf(ClientPort port)
    {
        // The hint is written by whoever applies routes, which may be newer or older than these.
        int hint = port.RouteHint;
        if ((uint)hint < (uint)entries.Length && entries[hint].Port == port)
            return hint;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Port == port)
                return i;
        }

        return -1;
    }

    /// <summary>The same among <see cref="Remote"/>.</summary>
    public int IndexOf(TrunkPort port)
    {
        int hint = port.RouteHint;
        if ((uint)hint < (uint)remote.Length && remote[hint].Port == port)
            return hint;
        for (int i = 0; i < remote.Length; i++)
        {
            if (remote[i].Port == port)
                return i;
        }

        return -1;
    }
}
