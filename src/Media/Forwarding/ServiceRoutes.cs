namespace Conference.Media.Forwarding;

/// <summary>One port's place in the compiled routes of its room and service.</summary>
/// <param name="Selective">The port hears <paramref name="OnlyFrom"/> and nobody else.</param>
internal readonly record struct RouteEntry(
    MediaPort Port, ParticipantId Participant, bool Muted, bool Selective, ParticipantId OnlyFrom);

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
