using System.Collections.Immutable;

namespace Conference.Media;

/// <summary>Who hears whom in one room on this node: immutable, replaced whole. The plane ignores a version that is not newer.</summary>
/// <param name="Room">The room these ports belong to.</param>
/// <param name="Version">Grows by at least one with every snapshot of this room.</param>
/// <param name="Ports">Every port of the room on this node, in any order. A port that is missing here neither sends nor hears.</param>
public sealed record MediaRoutes(RoomId Room, long Version, ImmutableArray<MediaRoute> Ports)
{
    /// <summary>Every port of the room on other nodes, in any order. What members here send goes to each of these nodes once, if it has a
    /// port of that service here; what these ports send arrives from there, and goes to the members here and nowhere else.</summary>
    public ImmutableArray<RemoteRoute> Remote { get; init; } = [];

    /// <summary>Who speaks, as another node says that hears voices this one does not; null where nobody said so. Takes the lead when it changes.</summary>
    public ParticipantId? Speaker { get; init; }
}

/// <summary>A port of the room on another node.</summary>
/// <param name="Peer">Which node.</param>
/// <param name="Port">The port, as that node knows it.</param>
/// <param name="Loop">The loop the room lives on there, see <see cref="PortOpening.Opened"/>: datagrams for it are sent straight there.</param>
/// <param name="Service">What it carries.</param>
/// <param name="Participant">Whose it is, as this node numbers participants.</param>
public sealed record RemoteRoute(PeerId Peer, PortId Port, int Loop, ServiceName Service, ParticipantId Participant)
{
    /// <summary>As <see cref="MediaRoute.Layers"/>.</summary>
    public ImmutableArray<SimulcastLayer> Layers { get; init; } = [];

    /// <summary>Its own node sends nothing of it then; here it is known to send nothing.</summary>
    public bool Muted { get; init; }
}

/// <summary>One port's place in its room.</summary>
/// <param name="Port">The port.</param>
/// <param name="Participant">Whose port it is.</param>
/// <param name="Muted">True drops what this port sends, before anything else sees it.</param>
/// <param name="Wants">What this port is to be sent.</param>
public sealed record MediaRoute(PortId Port, ParticipantId Participant, bool Muted, MediaPreferences Wants)
{
    /// <summary>The simulcast layers among what this port sends, two or more; empty where it sends none. Others see them as one source.</summary>
    public ImmutableArray<SimulcastLayer> Layers { get; init; } = [];
}

/// <summary>One of several qualities of the same picture.</summary>
/// <param name="Ssrc">As its sender numbers it.</param>
/// <param name="Kilobits">About how many kbit/s it takes.</param>
public sealed record SimulcastLayer(Ssrc Ssrc, int Kilobits);

/// <summary>What one member wants of one service (<c>SETP</c>). Nobody else's view changes by it.</summary>
/// <param name="Selection">From whom.</param>
/// <param name="Rate">At most this many frames a second; null for all. Whole frames are left out, and only those no other needs.</param>
/// <param name="Compression">0 (best picture) to 100 (smallest): picks the simulcast or quality layer.</param>
/// <param name="Bitrate">Ceiling in kbit/s over everything this port is sent; null for none.</param>
public sealed record MediaPreferences(MediaSelection Selection, int? Rate = null, int Compression = 0, int? Bitrate = null)
{
    public static MediaPreferences Default { get; } = new(MediaSelection.All);
}

/// <summary>Whose datagrams a port is sent.</summary>
public abstract record MediaSelection
{
    private MediaSelection() { }

    public static MediaSelection All { get; } = new Everyone();

    public sealed record Everyone : MediaSelection;

    /// <summary>Only this participant's; nobody's while they are away.</summary>
    public sealed record Only(ParticipantId Participant) : MediaSelection;

    /// <summary>The <paramref name="Count"/> participants who spoke last.</summary>
    public sealed record Speakers(int Count) : MediaSelection;
}
