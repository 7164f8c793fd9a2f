using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Tracing;
using Conference.Actors.Users;
using Conference.Protocol.Session;

namespace Conference.Actors.Serialization;

/// <summary>
/// The short name of every type that crosses between nodes or is stored, written down once and for ever: types may be renamed, these may not, and one
/// that is gone is never given to another. (r: rooms, u: users, d: domains, f: forwarders, s: sessions, n: nodes; re, ue, de: what is stored.)
/// </summary>
internal static class Manifests
{
    private static readonly Dictionary<string, Type> _types = new(StringComparer.Ordinal)
    {
        ["r.join"] = typeof(RoomCommands.Join),
        ["r.say"] = typeof(RoomCommands.Say),
        ["r.keep"] = typeof(RoomCommands.Keep),
        ["r.change"] = typeof(RoomCommands.Change),
        ["r.announce"] = typeof(RoomCommands.Announce),
        ["r.close"] = typeof(RoomCommands.Close),
        ["r.out"] = typeof(RoomCommands.PutOut),
        ["r.letin"] = typeof(RoomCommands.LetIn),
        ["r.mute"] = typeof(RoomCommands.Mute),
        ["r.muteall"] = typeof(RoomCommands.MuteEveryone),
        ["r.appoint"] = typeof(RoomCommands.Appoint),
        ["r.decide"] = typeof(RoomCommands.Decide),
        ["r.invite"] = typeof(RoomCommands.Invite),
        ["r.withdraw"] = typeof(RoomCommands.Withdraw),
        ["r.nowait"] = typeof(RoomCommands.StopWaiting),
        ["r.readpassword"] = typeof(RoomQueries.ReadPassword),
        ["r.password"] = typeof(RoomPassword),
        ["r.spoken"] = typeof(RoomSync.Spoken),
        ["r.done"] = typeof(RoomAnswer),
        ["r.find"] = typeof(RoomQueries.Find),
        ["r.list"] = typeof(RoomQueries.ListMembers),
        ["r.locate"] = typeof(RoomQueries.Locate),
        ["r.describe"] = typeof(RoomQueries.Describe),
        ["r.presence"] = typeof(RoomPresence),
        ["r.locations"] = typeof(RoomLocations),
        ["r.details"] = typeof(RoomDetails),
        ["r.leave"] = typeof(RoomSync.Leave),
        ["r.register"] = typeof(RoomSync.Register),
        ["r.catchup"] = typeof(RoomSync.CatchUp),
        ["r.reconfigure"] = typeof(RoomSync.Reconfigure),

        ["f.joined"] = typeof(RoomNews.Joined),
        ["f.left"] = typeof(RoomNews.Left),
        ["f.reconfigured"] = typeof(RoomNews.Reconfigured),
        ["f.out"] = typeof(RoomNews.PutOut),
        ["f.muted"] = typeof(RoomNews.Muted),
        ["f.picture"] = typeof(RoomNews.Picture),
        ["f.resumed"] = typeof(RoomNews.Resumed),
        ["f.taken"] = typeof(ForwarderCommands.LeaveTaken),
        ["f.said"] = typeof(ForwarderCommands.Said),
        ["f.told"] = typeof(ForwarderCommands.Told),
        ["f.read"] = typeof(ForwarderCommands.ReadSources),
        ["f.sources"] = typeof(ForwarderSources),
        ["f.spoke"] = typeof(ForwarderCommands.SpokeElsewhere),

        ["u.signin"] = typeof(UserCommands.SignIn),
        ["u.signedin"] = typeof(SignInAnswer),
        ["u.signout"] = typeof(UserCommands.SignOut),
        ["u.status"] = typeof(UserCommands.SetStatus),
        ["u.statusis"] = typeof(StatusAnswer),
        ["u.password"] = typeof(UserCommands.SetPassword),
        ["u.remove"] = typeof(UserCommands.RemoveAccount),
        ["u.account"] = typeof(AccountAnswer),
        ["u.enter"] = typeof(UserCommands.Enter),
        ["u.call"] = typeof(UserCommands.Call),
        ["u.hear"] = typeof(UserCommands.DeliverChat),
        ["u.overhear"] = typeof(UserCommands.Overhear),
        ["u.find"] = typeof(UserQueries.Find),
        ["u.presence"] = typeof(UserPresence),
        ["u.credential"] = typeof(UserQueries.ReadCredential),
        ["u.hash"] = typeof(UserCredential),

        ["s.end"] = typeof(SessionCommands.End),
        ["s.lobby"] = typeof(SessionCommands.WatchLobby),
        ["s.lobbyover"] = typeof(SessionNotice.LobbyOver),
        ["s.waits"] = typeof(SessionNotice.Waits),
        ["s.told"] = typeof(SessionNotice.RoomTold),
        ["s.waiting"] = typeof(SessionOutcome.Waiting),
        ["s.said"] = typeof(SessionNotice.Said),
        ["s.called"] = typeof(SessionNotice.Called),
        ["s.refused"] = typeof(SessionOutcome.Refused),
        ["s.members"] = typeof(SessionOutcome.Members),

        ["n.hello"] = typeof(PeerMessages.Hello),
        ["n.trunk"] = typeof(PeerMessages.OfferTrunk),
        ["n.trunktaken"] = typeof(PeerMessages.TrunkTaken),
        ["n.awake"] = typeof(NodeCommands.ListAwake),
        ["n.issignedin"] = typeof(NodeCommands.IsSignedIn),
        ["n.signedin"] = typeof(SignedInHere),
        ["n.names"] = typeof(AwakeNames),
        ["n.read"] = typeof(NodeCommands.ReadStatistics),
        ["n.figures"] = typeof(StatisticsRead),
        ["n.drain"] = typeof(NodeCommands.BeginDrain),
        ["n.undrain"] = typeof(NodeCommands.CallOffDrain),
        ["n.readdrain"] = typeof(NodeCommands.ReadDrain),
        ["n.drainis"] = typeof(DrainStatus),
        ["n.touch"] = typeof(ShardKeeperActor.Touch),
        ["n.touched"] = typeof(ShardKeeperActor.Touched),
        ["n.unavailable"] = typeof(Unavailable),
        ["d.put"] = typeof(DomainCommands.Put),
        ["d.remove"] = typeof(DomainCommands.Remove),
        ["d.done"] = typeof(DomainAnswer),
        ["d.read"] = typeof(DomainQueries.Read),
        ["d.is"] = typeof(DomainRecord),
        ["d.use"] = typeof(DomainUseNews),
        [Traced] = typeof(Traced),

        ["e"] = typeof(StoredEvent),
        ["snapshot"] = typeof(StoredSnapshot),
        ["re.kept"] = typeof(RoomEvent.RoomKept),
        ["re.closed"] = typeof(RoomEvent.RoomClosed),
        ["re.muted"] = typeof(RoomEvent.MemberMuted),
        ["re.out"] = typeof(RoomEvent.MemberPutOut),
        ["re.letin"] = typeof(RoomEvent.MemberLetIn),
        ["re.mutedall"] = typeof(RoomEvent.EveryoneMuted),
        ["re.rules"] = typeof(RoomEvent.RulesChanged),
        ["re.owner"] = typeof(RoomEvent.OwnerSet),
        ["re.moderator"] = typeof(RoomEvent.ModeratorSet),
        ["re.waiting"] = typeof(RoomEvent.MemberWaiting),
        ["re.admitted"] = typeof(RoomEvent.MemberAdmitted),
        ["re.turnedaway"] = typeof(RoomEvent.MemberTurnedAway),
        ["re.invited"] = typeof(RoomEvent.InvitationMade),
        ["re.used"] = typeof(RoomEvent.InvitationUsed),
        ["re.withdrawn"] = typeof(RoomEvent.InvitationWithdrawn),
        ["re.started"] = typeof(RoomEvent.CallStarted),
        ["re.ended"] = typeof(RoomEvent.CallEnded),
        ["re.resumed"] = typeof(RoomEvent.RoomResumed),
        ["re.recording"] = typeof(RoomEvent.RecordingBegan),
        ["re.recorded"] = typeof(RoomEvent.RecordingEnded),
        ["re.snapshot"] = typeof(RoomSnapshot),
        ["ue.created"] = typeof(UserEvent.AccountCreated),
        ["ue.changed"] = typeof(UserEvent.PasswordChanged),
        ["ue.removed"] = typeof(UserEvent.AccountRemoved),
        ["ue.status"] = typeof(UserEvent.StatusSet),
        ["ue.snapshot"] = typeof(UserSnapshot),
        ["de.put"] = typeof(DomainEvent.DomainPut),
        ["de.removing"] = typeof(DomainEvent.RemovalBegan),
        ["de.removed"] = typeof(DomainEvent.DomainRemoved),
        ["de.snapshot"] = typeof(DomainSnapshot),
    };

    private static readonly Dictionary<Type, string> _manifests = _types.ToDictionary(t => t.Value, t => t.Key);

    /// <summary>Of <see cref="Tracing.Traced"/>, which holds another message.</summary>
    public const string Traced = "t";

    public static IReadOnlyDictionary<string, Type> Types => _types;

    /// <returns>Null for what is neither sent nor stored.</returns>
    public static string? Of(Type type) => _manifests.GetValueOrDefault(type);

    /// <returns>Null for what this version does not know.</returns>
    public static Type? Find(string manifest) => _types.GetValueOrDefault(manifest);
}
