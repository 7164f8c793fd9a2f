namespace Conference.Client.Calls;

/// <summary>A line of a call's table: what one member sends of one service, or that they send nothing.</summary>
/// <param name="Member">The name.</param>
/// <param name="IsSelf">What this client sends itself.</param>
/// <param name="Service"><c>-</c> for a member who sends nothing.</param>
/// <param name="Codec">As the payload type says it.</param>
/// <param name="KilobitsPerSecond">Over the last second.</param>
/// <param name="Packets">So far.</param>
/// <param name="LossPercent">Over the last seconds; null for what this client sends, and where nothing comes.</param>
/// <param name="JitterMilliseconds">RFC 3550 A.8; null like the loss.</param>
/// <param name="State">What there is to say of them.</param>
public sealed record CallRow(
    string Member, bool IsSelf, string Service, string Codec, double KilobitsPerSecond, long Packets, double? LossPercent, double? JitterMilliseconds, MemberState State)
{
    public const string NoService = "-";

    public string Name => IsSelf ? $"{Member} (you)" : Member;

    /// <summary>Oneself first, then by name, so that a row stays where it is.</summary>
    /// <param name="members">Who is in the room.</param>
    /// <param name="sent">What this client sends.</param>
    /// <param name="mutedServices">Of those, what the user has muted.</param>
    /// <param name="received">What comes.</param>
    internal static IReadOnlyList<CallRow> Build(
        CallMembers members, IReadOnlyList<SentStream> sent, IReadOnlySet<string> mutedServices, IReadOnlyList<ReceivedStream> received)
    {
        MemberState StateOf(string member) =>
            members.IsMuted(member) ? MemberState.Muted : members.Speaker == member ? MemberState.Speaks : MemberState.None;
        var self = sent.Select(s => new CallRow(
            members.Self, true, s.Service, s.Codec, s.KilobitsPerSecond, s.Packets, null, null,
            mutedServices.Contains(s.Service) ? MemberState.Muted : StateOf(members.Self)));
        var heard = received.Where(s => !s.Gone).ToArray();
        var others = heard.Select(s => new CallRow(
            s.Member, false, s.Service, s.Codec, s.KilobitsPerSecond, s.Packets, s.RecentLossPercent, s.JitterMilliseconds, StateOf(s.Member)));
        var silent = members.Except(heard.Select(s => s.Member)).Select(name => Silent(name, false, StateOf(name)));
        return
        [
            .. self.DefaultIfEmpty(Silent(members.Self, true, StateOf(members.Self))),
            .. others.Concat(silent).OrderBy(r => r.Member, StringComparer.Ordinal).ThenBy(r => r.Service, StringComparer.Ordinal),
        ];
    }

    private static CallRow Silent(string member, bool isSelf, MemberState state) => new(member, isSelf, NoService, "", 0, 0, null, null, state);
}

public enum MemberState
{
    None,

    /// <summary>The room's speaker.</summary>
    Speaks,

    /// <summary>By an operator, or, of oneself, by the user.</summary>
    Muted,
}
