using Conference.Media.Selection;

namespace Conference.Media.Forwarding;

/// <summary>Whom a port hears.</summary>
internal enum Hearing : byte
{
    Everyone,

    /// <summary>One participant.</summary>
    Only,

    /// <summary>Those who spoke last.</summary>
    Speakers,
}

/// <summary>One port's place in the compiled routes of its room and service.</summary>
internal readonly record struct RouteEntry(MediaPort Port, ParticipantId Participant, bool Muted)
{
    public Hearing Hearing { get; private init; }

    /// <summary>For <see cref="Hearing.Only"/>.</summary>
    public ParticipantId OnlyFrom { get; private init; }

    /// <summary>For <see cref="Hearing.Speakers"/>.</summary>
    public int Speakers { get; private init; }

    /// <summary>Frames a second at most; 0 for all.</summary>
    public int Rate { get; private init; }

    public int Compression { get; private init; }

    /// <summary>kbit/s; 0 for no limit.</summary>
    public int Bitrate { get; private init; }

    /// <summary>It does not simply get everything.</summary>
    public bool IsSelective { get; private init; }

    public static RouteEntry Of(MediaPort port, MediaRoute route)
    {
        MediaPreferences wants = route.Wants;
        return new RouteEntry(port, route.Participant, route.Muted)
        {
            Hearing = wants.Selection switch
            {
                MediaSelection.Only => Hearing.Only,
                MediaSelection.Speakers => Hearing.Speakers,
                _ => Hearing.Everyone,
            },
            OnlyFrom = (wants.Selection as MediaSelection.Only)?.Participant ?? default,
            Speakers = (wants.Selection as MediaSelection.Speakers)?.Count ?? 0,
            Rate = wants.Rate ?? 0,
            Compression = wants.Compression,
            Bitrate = wants.Bitrate ?? 0,
            IsSelective = wants.Selection != MediaSelection.All || wants.Rate is not null,
        };
    }

    /// <summary>Whether this port is to hear a participant. While fewer have spoken than are asked for, the others fill up in the order of the
    /// routes, so that there is a picture before the first word.</summary>
    public bool Hears(ParticipantId who, ServiceRoutes routes, Ranking ranking)
    {
        if (Hearing != Hearing.Speakers)
            return Hearing == Hearing.Everyone || OnlyFrom == who;
        if (ranking.Contains(who, Speakers, Participant, out int ranked))
            return true;
        int places = Speakers - ranked;
        ParticipantId last = Participant;
        foreach (ref readonly RouteEntry entry in routes.Entries)
        {
            if (places <= 0)
                return false;
            if (entry.Participant == Participant || entry.Participant == last || ranking.Contains(entry.Participant, int.MaxValue, Participant, out _))
                continue;
            if (entry.Participant == who)
                return true;
            last = entry.Participant;
            places--;
        }

        return false;
    }
}

/// <summary>Who hears whom in one room and service, compiled for the loop: one flat array, so that N members cost N entries
/// and not N squared. Immutable.</summary>
internal sealed class ServiceRoutes(RouteEntry[] entries)
{
    public static ServiceRoutes None { get; } = new([]);

    public ReadOnlySpan<RouteEntry> Entries => entries;

    /// <summary>This port's place, or -1 when the routes do not name it.</summary>
    public int IndexOf(MediaPort port)
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
}
