using Conference.Media.Speech;
using Conference.Media.Trunks;

namespace Conference.Media.Forwarding;

/// <summary>Whom a port hears.</summary>
internal enum StreamSelection : byte
{
    Everyone,

    /// <summary>One participant.</summary>
    Only,

    /// <summary>Those who spoke last.</summary>
    Speakers,
}

/// <summary>One port's place in the compiled routes of its room and service.</summary>
internal readonly record struct RouteEntry(ClientPort Port, ParticipantId Participant, bool Muted)
{
    public StreamSelection StreamSelection { get; private init; }

    /// <summary>For <see cref="StreamSelection.Only"/>.</summary>
    public ParticipantId OnlyFrom { get; private init; }

    /// <summary>For <see cref="StreamSelection.Speakers"/>.</summary>
    public int Speakers { get; private init; }

    /// <summary>Frames a second at most; 0 for all.</summary>
    public int Rate { get; private init; }

    public int Compression { get; private init; }

    /// <summary>kbit/s; 0 for no limit.</summary>
    public int Bitrate { get; private init; }

    /// <summary>It does not simply get everything.</summary>
    public bool IsSelective { get; private init; }

    public static RouteEntry Of(ClientPort port, MediaRoute route)
    {
        MediaPreferences wants = route.Wants;
        return new RouteEntry(port, route.Participant, route.Muted)
        {
            StreamSelection = wants.Selection switch
            {
                MediaSelection.Only => StreamSelection.Only,
                MediaSelection.Speakers => StreamSelection.Speakers,
                _ => StreamSelection.Everyone,
            },
            OnlyFrom = (wants.Selection as MediaSelection.Only)?.Participant ?? default,
            Speakers = (wants.Selection as MediaSelection.Speakers)?.Count ?? 0,
            Rate = wants.Rate ?? 0,
            Compression = wants.Compression,
            Bitrate = wants.Bitrate ?? 0,
            IsSelective = wants.Selection != MediaSelection.All || wants.Rate is not null,
        };
    }

    /// <summary>The participants this port is to hear of those who are here and not muted: who spoke last first, and while fewer have spoken
    /// than it asks for the others in the order of the routes, so that there is a picture before the first word.</summary>
    public ParticipantId[] SelectedSpeakers(ServiceRoutes routes, Ranking ranking)
    {
        List<ParticipantId> heard = new(Speakers);
        foreach (ParticipantId who in ranking.Order)
        {
            if (heard.Count < Speakers && who != Participant && routes.Sends(who))
                heard.Add(who);
        }

        foreach (ref readonly RouteEntry entry in routes.Entries)
        {
            if (heard.Count >= Speakers)
                break;
            if (entry.Participant != Participant && !entry.Muted && !heard.Contains(entry.Participant))
                heard.Add(entry.Participant);
        }

        foreach (ref readonly RemoteEntry entry in routes.Remote)
        {
            if (heard.Count >= Speakers)
                break;
            if (entry.Participant != Participant && !entry.Muted && !heard.Contains(entry.Participant))
                heard.Add(entry.Participant);
        }

        return [.. heard];
    }
}

/// <summary>The place of a port on another node: it sends here, and is sent to there.</summary>
internal readonly record struct RemoteEntry(TrunkPort Port, ParticipantId Participant, bool Muted);
