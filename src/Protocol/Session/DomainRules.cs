namespace Conference.Protocol.Session;

/// <summary>What holds in one domain. What is null is as the node's settings have it for all, or without a limit where they have none.</summary>
/// <param name="SignInRequired">Guests may look but not join, speak or list; as <c>Auth:Mode</c>.</param>
/// <param name="RoomsOnDemand">Any legal name may be entered as a room; as <c>Rooms:OnDemand</c>.</param>
/// <param name="MaxMembers">Sessions one room holds that has no settings of its own; as <c>Rooms:MaxMembers</c>.</param>
/// <param name="Browsers">Sessions in browsers may join; null: they may.</param>
/// <param name="MaxSessions">Sessions that are signed in, or in a room, at once.</param>
/// <param name="MaxRooms">Rooms with somebody in them at once.</param>
/// <param name="JoinsPerMinute">CONNs that are let in within any minute.</param>
/// <param name="KeepDays">How long call records are kept; as <c>Calls:KeepDays</c>.</param>
/// <param name="SingleUseTokens">Each token lets in one session, and needs a <c>jti</c>; null: as often as it is shown.</param>
/// <param name="Lobby">Whoever comes into a room that says nothing else waits until a moderator lets them in; null: nobody does.</param>
public sealed record DomainRules(
    bool? SignInRequired = null, bool? RoomsOnDemand = null, int? MaxMembers = null, bool? Browsers = null, int? MaxSessions = null, int? MaxRooms = null,
    int? JoinsPerMinute = null, int? KeepDays = null, bool? SingleUseTokens = null, bool? Lobby = null)
{
    public static DomainRules None { get; } = new();
}
