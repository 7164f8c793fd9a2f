using System.Diagnostics;
using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Domains;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions.Limits;
using Conference.Actors.Tracing;
using Conference.Actors.Users;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Actors.Sessions;

/// <summary>
/// One session, of a client on TCP or in a browser: feeds the session machine and does what it says. Its CONNs' ports live under it and
/// end with it; its user and rooms watch it and need no goodbye. It watches its user in turn: whenever that ends, it says again who it is.
/// </summary>
public sealed class SessionActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _longestTimer = TimeSpan.FromDays(1);

    /// <summary>Between tries to be known to a user who does not answer; the last holds from there on. The first try is at once.</summary>
    private static readonly TimeSpan[] _introduceAgainAfter = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5)];

    /// <summary>A client that has lost its connection has so long to come back.</summary>
    private static readonly TimeSpan _resumeWithin = TimeSpan.FromSeconds(30);

    /// <summary>Of a session's tokens, one in that time: each may have ports opened anew.</summary>
    private static readonly TimeSpan _oneTokenIn = TimeSpan.FromSeconds(1);

    /// <summary>How long a node has to say what its members send.</summary>
    private static readonly TimeSpan _detailsDeadline = TimeSpan.FromSeconds(1);

    private readonly NodeContext _node;
    private readonly SessionId _id;
    private readonly SessionMachine _machine;
    private readonly SessionLink _link;
    private readonly bool _isGreeted;
    private readonly Dictionary<(Service Service, Name Room), IActorRef> _ports = new(0);
    private readonly SessionFate _fate = new();
    private readonly SignedInNames _names = SignedInNames.Of(Context.System);
    private SessionLimits _limits;

    /// <summary>Null for clients that have ports of their own.</summary>
    private readonly BrowserMedia? _browser;

    private TimeSpan _lastHeard;
    private long _datagramsHeard;

    /// <summary>How this session is known to its user; null while it is not.</summary>
    private UserCommands.SignIn? _presence;

    /// <summary>That user's actor, watched; null while it is not known.</summary>
    private IActorRef? _user;

    /// <summary>Among whose sessions this one is counted; null before it is signed in, or in a room.</summary>
    private Domain? _place;

    private int _introductionsFailed;

    /// <summary>The actors of the rooms in whose lobbies it waits, watched.</summary>
    private readonly Dictionary<Name, IActorRef> _lobbies = new(0);

    private SignIn? _signIn;

    /// <summary>By what a client finds it again that lost its connection; null where it ends then.</summary>
    private string? _resumeToken;

    /// <summary>What its ports follow; null while it does not roam.</summary>
    private RoamToken? _token;

    private TimeSpan _tokenMade;

    /// <param name="node">What the node provides.</param>
    /// <param name="id">This session, unique in the cluster.</param>
    /// <param name="guest">Who the client is until it signs in.</param>
    /// <param name="host">This host, as the client sees it.</param>
    /// <param name="connection">The client.</param>
    /// <param name="isGreeted">It had a session before, and started TLS.</param>
    public SessionActor(NodeContext node, SessionId id, Name guest, string host, ISessionConnection connection, bool isGreeted = false)
    {
        _node = node;
        _id = id;
        _link = new SessionLink(connection);
        _isGreeted = isGreeted;
        _limits = node.Limits.OfSession(connection.Client);
        _browser = connection.Web is null ? null : new BrowserMedia(node.Plane);
        _machine = new SessionMachine(node.Policy, guest, host, connection.Link, connection.Web, connection.ServerName);
        Receive<Command>(command =>
        {
            _lastHeard = Clock;
            if (command is not Command.Negotiated)
                _link.Received();
            _machine.Receive(Limit(command));
            Follow();
        });
        Receive<SessionNotice>(notice =>
        {
            if (notice is SessionNotice.PutOut putOut)
                ClosePorts(putOut.Room);
            else if (notice is SessionNotice.LobbyOver over)
                LeaveLobby(over.Room);
            _machine.Notify(notice);
            Follow();
        });
        Receive<Completion>(Complete);
        Receive<SessionCommands.End>(end =>
        {
            _fate.End = end.Fate;
            _machine.End(end.Reason);
            Follow();
        });
        Receive<SessionCommands.EndIfOf>(gone =>
        {
            if (_machine.Identity.Domain == gone.Domain)
                EndForDomain();
        });
        Receive<SessionCommands.MediaChanged>(_ => EndIfMediaIsLost());
        Receive<SessionCommands.ReadMedia>(_ => Context.Answer(new SessionMedia(_browser?.Connection)));
        Receive<SessionCommands.WatchLobby>(WatchLobby);
        Receive<Terminated>(ended =>
        {
            UserEnded(ended.ActorRef);
            LobbiesEnded(ended.ActorRef);
        });
        Receive<AskRoomsAgain>(again => AskAgain(again.Rooms));
        Receive<IntroduceAgain>(_ => Introduce());
        Receive<Introduced>(BeIntroduced);
        Receive<SessionCommands.TokenShown>(RenewToken);
        Receive<TokenIsDue>(_ => RenewToken());
        Receive<SessionCommands.Disconnected>(Disconnected);
        Receive<SessionCommands.Resume>(Resume);
        Receive<ResumeLimit>(_ => Context.Stop(Self));
        Receive<IdleCheck>(_ => ReadMediaAsync().PipeTo(Self, failure: _ => new Heard(_datagramsHeard)));
        Receive<Heard>(CheckIdle);
        Receive<ExpiryCheck>(_ => CheckExpiry());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Goes forward only.</summary>
    private static TimeSpan Clock => Context.System.Scheduler.MonotonicClock;

    public static Props Props(
        NodeContext node, SessionId id, Name guest, string host, ISessionConnection connection, bool isGreeted = false) =>
        MadeBy.Props(() => new SessionActor(node, id, guest, host, connection, isGreeted));

    protected override void PreStart()
    {
        _node.Metrics.Sessions(+1);
        _lastHeard = Clock;
        Timers.StartSingleTimer(IdleCheck.Instance, IdleCheck.Instance, _node.IdleLimit);
        if (!_isGreeted)
            _machine.Start();
        Follow();
    }

    /// <summary>Reached by QUIT, by the client's going, and by a bug here: then the client is told to come again.</summary>
    protected override void PostStop()
    {
        _node.Metrics.Sessions(-1);
        if (_presence is { } presence)
            _names.Remove(presence.User);
        if (_resumeToken is { } token)
            _node.KeptSessions.Remove(token);
        if (_place is { } place)
            _node.DomainUse.GiveBack(place, Ceiling.Sessions);
        _browser?.Leave();
        _machine.End("internal error");
        while (_machine.TryTake(out var output))
        {
            if (output is SessionOutput.Line line)
                _link.Write(line.Reply, line.Unasked);
        }

        _link.Close();
    }

    private Command Limit(Command command)
    {
        // That somebody records is told to everyone in the room, as words are, and so is what is set there.
        bool isTold = command is Command.Setp setp
            && (setp.Service == Service.Room || (setp.Service == Service.Session && setp.Parameter == SessionOptions.RecordingName));
        var verb = isTold ? Verb.Send : command.Verb;
        if (_limits.Refusal(verb) is not { } scope)
            return command;
        _node.Metrics.Limited(verb, scope);
        return new Command.Excess(command);
    }

    private void Follow()
    {
        while (_machine.TryTake(out var output))
        {
            switch (output)
            {
                case SessionOutput.Line line:
                    _link.Write(line.Reply, line.Unasked);
                    break;
                case SessionOutput.Answered answered:
                    if (answered.Verb == Verb.Quit)
                        _fate.End = CallEnd.Left;
                    _link.Answered(answered.Verb, answered.Code);
                    break;
                case SessionOutput.Ask ask:
                    Ask(ask.Request);
                    break;
                case SessionOutput.Say say:
                    Say(say);
                    break;
                case SessionOutput.TriedToSignIn tried:
                    _node.Metrics.SignIn(tried.Mechanism, tried.Verdict);
                    break;
                case SessionOutput.StartTls startTls:
                    _link.Connection.StartTls(startTls.Reply);
                    Context.Stop(Self);
                    break;
                case SessionOutput.Close:
                    Context.Stop(Self);
                    break;
            }
        }
    }

    private void Ask(SessionRequest request)
    {
        using var _ = ActorTracing.Enter(_link.Connection.CommandSpan);
        Outcome(request).PipeTo(
            Self,
            success: outcome => new Completion(request, outcome),
            failure: _ => new Completion(request, SessionOutcome.Refused.TryAgain));
    }

    private Task<SessionOutcome> Outcome(SessionRequest request) => request switch
    {
        SessionRequest.Find find => FindAsync(find.Who),
        SessionRequest.ReadStatus read => ReadStatusAsync(read.Who),
        SessionRequest.SetStatus set => SetStatusAsync(new UserCommands.SetStatus(_machine.Identity, set.Status, CommandId.New())),
        SessionRequest.Connect connect => Connect(connect),
        SessionRequest.Disconnect disconnect => DisconnectAsync(disconnect),
        SessionRequest.StopWaiting stop => Task.FromResult<SessionOutcome>(StopWaiting(stop.Room)),
        SessionRequest.SetRoom set => new RoomRequests(_node, Me).SetAsync(set.Room, set.Setting),
        SessionRequest.ReadRoom read => new RoomRequests(_node, Me).ReadAsync(read.Room, read.Parameter),
        SessionRequest.ListMembers { Details: true } list => ListDetailsAsync(list.Room),
        SessionRequest.ListMembers list => ListAsync(list.Room),
        SessionRequest.ReadRate read => ReadRateAsync(read.Service),
        SessionRequest.Configure configure => ConfigureAsync(configure),
        SessionRequest.Roam roam => RoamAsync(roam.IsOn),
        SessionRequest.Keep keep => Task.FromResult<SessionOutcome>(Keep(keep.IsOn)),
        SessionRequest.Resume resume => ResumeAsync(resume.Token),
        SessionRequest.Record record => RecordAsync(record),
        SessionRequest.SignInAnonymous or SessionRequest.SignInPassword or SessionRequest.SignInBearer or SessionRequest.Renew =>
            (_signIn = new SignIn(_node, _link.Connection.Client, _id, Self)).RunAsync(request),
        _ => throw new NotSupportedException(request.GetType().Name),
    };

    private Task<SessionOutcome> Ask(IActorRef whom, object message) => whom.AskTracedAsync<SessionOutcome>(message, _node.AskDeadline);

    private async Task<SessionOutcome> SetStatusAsync(UserCommands.SetStatus set) =>
        new SessionOutcome.StatusIs((await _node.Users.AskEntityAsync<StatusAnswer>(set, _node.AskDeadline)).Status);

    private async Task<SessionOutcome> FindAsync(Name who)
    {
        var user = await _node.Users.AskEntityAsync<UserPresence>(new UserQueries.Find(who), _node.AskDeadline);
        if (user.IsOnline)
            return new SessionOutcome.Found();
        if (user.HasAccount)
            return new SessionOutcome.NotFound();
        if (_node.Policy.Domains.RulesOf(who.Domain).RoomsOnDemand ?? _node.RoomsOnDemand)
            return new SessionOutcome.Found();
        var room = await _node.Rooms.AskEntityAsync<RoomPresence>(new RoomQueries.Find(who), _node.AskDeadline);
        return room.IsHere ? new SessionOutcome.Found() : new SessionOutcome.NotFound();
    }

    private async Task<SessionOutcome> ListAsync(Name room)
    {
        var all = new List<Member>();
        SessionOutcome.Members page;
        do
        {
            page = await _node.Rooms.AskEntityAsync<SessionOutcome.Members>(new RoomQueries.ListMembers(room, all.Count), _node.AskDeadline);
            all.AddRange(page.All);
        }
        while (page.All.Count == RoomQueries.MembersPerAnswer);
        return new SessionOutcome.Members(all);
    }

    private async Task<SessionOutcome> ListDetailsAsync(Name room)
    {
        var members = new List<LocatedMember>();
        RoomLocations page;
        do
        {
            page = await _node.Rooms.AskEntityAsync<RoomLocations>(new RoomQueries.Locate(room, members.Count), _node.AskDeadline);
            members.AddRange(page.Members);
        }
        while (page.Members.Length == RoomQueries.MembersPerAnswer);
        var sources = await RoomSources.ReadAsync(room, page.Nodes, _detailsDeadline);
        return new SessionOutcome.Members([.. members.Select(m => new Member(m.Name, m.Services) { Sources = [.. sources[m.Session]] })]);
    }

    /// <summary>Of several CONNs of a service, the most.</summary>
    private async Task<SessionOutcome> ReadRateAsync(Service service)
    {
        var ports = _ports.Where(p => p.Key.Service == service).Select(p => p.Value).ToArray();
        var outcomes = await Task.WhenAll(ports.Select(p => Ask(p, new MediaPortCommands.ReadRate())));
        return new SessionOutcome.Reading(outcomes.OfType<SessionOutcome.Reading>().Max(r => r.Value));
    }

    private async Task<SessionOutcome> ReadStatusAsync(Name who)
    {
        var user = await _node.Users.AskEntityAsync<UserPresence>(new UserQueries.Find(who), _node.AskDeadline);
        if (user.IsOnline)
            return new SessionOutcome.StatusIs(user.Status);
        if (user.HasAccount)
            return new SessionOutcome.NotFound();
        var room = await _node.Rooms.AskEntityAsync<RoomPresence>(new RoomQueries.Find(who), _node.AskDeadline);
        if (!room.IsHere)
            return new SessionOutcome.NotFound();
        return new SessionOutcome.StatusIs(room.IsBusy ? UserStatus.Busy : UserStatus.Online);
    }

    private Task<SessionOutcome> Connect(SessionRequest.Connect request)
    {
        if (!TryTake(request.Room.Domain, Ceiling.Joins) || !TryTakePlace(request.Room.Domain))
            return Task.FromResult<SessionOutcome>(SessionOutcome.Refused.DomainIsFull(request.Room.Domain));
        var web = _browser?.Enter(request.Room);
        if (_browser is not null && web is null)
            return Task.FromResult<SessionOutcome>(SessionOutcome.Refused.NoBrowsers);
        // Nobody can know of a guest before it joins a room; until then it costs the cluster nothing.
        if (_presence is null)
        {
            BePresentAs(new UserCommands.SignIn(_machine.Identity, _id, Self));
            Introduce();
        }

        var port = Context.ActorOf(MediaPortActor.Props(request.Room, Me, request.Service, _link.Connection.Client, web, _fate, _node));
        _ports[(request.Service, request.Room)] = port;
        return Ask(port, new MediaPortCommands.Connect(request.Parameters, _token, request.Pass));
    }

    /// <summary>This session, as rooms know it.</summary>
    private Participant Me => new(
        _id, _machine.Identity, Self, _node.Nodes.Self, _node.Forwarders, _node.Name, IsProven: _presence is { IsAuthenticated: true });

    private void WatchLobby(SessionCommands.WatchLobby watch)
    {
        LeaveLobby(watch.Room);
        _lobbies[watch.Room] = watch.Actor;
        Context.Watch(watch.Actor);
    }

    private void LeaveLobby(Name room)
    {
        if (_lobbies.Remove(room, out var actor))
            Context.Unwatch(actor);
    }

    private SessionOutcome.Done StopWaiting(Name room)
    {
        LeaveLobby(room);
        _node.Rooms.Tell(new RoomCommands.StopWaiting(room, _id), ActorRefs.NoSender);
        return new SessionOutcome.Done();
    }

    /// <summary>Whoever is such a room next does not know who waits.</summary>
    private void LobbiesEnded(IActorRef actor)
    {
        Name[] rooms = [.. _lobbies.Where(l => l.Value.Equals(actor)).Select(l => l.Key)];
        foreach (var room in rooms)
            _lobbies.Remove(room);
        var delay = rooms.Length == 0 ? TimeSpan.Zero : _node.Pace.Delay(Clock);
        if (delay == TimeSpan.Zero)
            AskAgain(rooms);
        else
            Timers.StartSingleTimer(actor, new AskRoomsAgain(rooms), delay);
    }

    private void AskAgain(Name[] rooms)
    {
        foreach (var room in rooms)
            _machine.Notify(new SessionNotice.LobbyOver(room, IsAdmitted: true));
        Follow();
    }

    /// <summary>Among the sessions of a domain; it stays there until the session ends, or becomes another domain's.</summary>
    private bool TryTakePlace(Domain domain)
    {
        if (_place == domain)
            return true;
        if (!TryTake(domain, Ceiling.Sessions))
            return false;
        if (_place is { } before)
            _node.DomainUse.GiveBack(before, Ceiling.Sessions);
        _place = domain;
        return true;
    }

    private bool TryTake(Domain domain, Ceiling ceiling)
    {
        bool isTaken = _node.DomainUse.TryTake(domain, ceiling);
        if (!isTaken)
            _node.Metrics.CeilingReached(ceiling);
        return isTaken;
    }

    private Task<SessionOutcome> DisconnectAsync(SessionRequest.Disconnect request) =>
        _ports.TryGetValue((request.Service, request.Room), out var port)
            ? Ask(port, new MediaPortCommands.Disconnect())
            : Task.FromResult<SessionOutcome>(new SessionOutcome.Done());

    private async Task<SessionOutcome> ConfigureAsync(SessionRequest.Configure request)
    {
        var ports = _ports.Where(p => p.Key.Service == request.Service).Select(p => p.Value).ToArray();
        var outcomes = await Task.WhenAll(ports.Select(p => Ask(p, new MediaPortCommands.Configure(request.Parameters))));
        return Joint(outcomes);
    }

    /// <summary>Before it is answered every port knows the token: the client may show it at once.</summary>
    private async Task<SessionOutcome> RoamAsync(bool isOn)
    {
        Timers.Cancel(TokenIsDue.Instance);
        var token = _token = isOn ? RoamToken.Create() : null;
        _tokenMade = Clock;
        var outcomes = await Task.WhenAll(_ports.Values.ToArray().Select(p => Ask(p, new MediaPortCommands.Roam(token))));
        return outcomes.FirstOrDefault(o => o is not SessionOutcome.Done) ?? new SessionOutcome.Roaming(token?.ToHex());
    }

    private void RenewToken(SessionCommands.TokenShown shown)
    {
        if (shown.Token != _token)
            return;
        var wait = _tokenMade + _oneTokenIn - Clock;
        if (wait > TimeSpan.Zero)
            Timers.StartSingleTimer(TokenIsDue.Instance, TokenIsDue.Instance, wait);
        else
            RenewToken();
    }

    private void RenewToken()
    {
        var token = _token = RoamToken.Create();
        _tokenMade = Clock;
        foreach (var port in _ports.Values)
            port.Tell(new MediaPortCommands.Roam(token), ActorRefs.Nobody);
        _machine.Notify(new SessionNotice.TokenShown(token.ToHex()));
        Follow();
    }

    private SessionOutcome.Kept Keep(bool isOn)
    {
        if (_resumeToken is { } before)
            _node.KeptSessions.Remove(before);
        _resumeToken = isOn ? _node.KeptSessions.Add(Self) : null;
        return new SessionOutcome.Kept(_resumeToken);
    }

    /// <summary>Hands the client to the session that it lost.</summary>
    private Task<SessionOutcome> ResumeAsync(string token) => _browser is null && _node.KeptSessions.Find(token) is { } session
        ? Ask(session, new SessionCommands.Resume(_link.Connection))
        : Task.FromResult<SessionOutcome>(new SessionOutcome.NotSignedIn(SignInVerdict.NothingToResume));

    /// <summary>The client is back. Who listens on its new way must not hear more than on the old one.</summary>
    private void Resume(SessionCommands.Resume resume)
    {
        if (_resumeToken is null || _machine.IsClosed || resume.Connection.Link.IsEncrypted != _link.Connection.Link.IsEncrypted)
        {
            Sender.Tell(new SessionOutcome.NotSignedIn(SignInVerdict.NothingToResume));
            return;
        }

        Timers.Cancel(ResumeLimit.Instance);
        _lastHeard = Clock;
        _limits = _node.Limits.OfSession(resume.Connection.Client);
        _link.Resume(resume.Connection, Self, Reply.SignedIn(_machine.Identity));
        _node.Metrics.SignIn(AuthMechanism.Resume, SignInVerdict.Ok);
        Sender.Tell(new SessionOutcome.Resumed());
    }

    private void Disconnected(SessionCommands.Disconnected gone)
    {
        if (gone.Connection != _link.Connection || _link.IsLost)
            return;
        if (_resumeToken is null || _machine.IsClosed)
        {
            // Whoever only ends what he says may still be reading.
            _machine.End("quit");
            Context.Stop(Self);
            return;
        }

        _link.Connection.Close();
        _link.Lose();
        Timers.StartSingleTimer(ResumeLimit.Instance, ResumeLimit.Instance, _resumeWithin);
    }

    /// <summary>The first that is not done; done where all are.</summary>
    private static SessionOutcome Joint(SessionOutcome[] outcomes) => outcomes.FirstOrDefault(o => o is not SessionOutcome.Done) ?? new SessionOutcome.Done();

    private async Task<SessionOutcome> RecordAsync(SessionRequest.Record request)
    {
        var outcomes = await Task.WhenAll(request.Parameters.Select(p => ConfigureAsync(new SessionRequest.Configure(p.Key, p.Value))));
        return Joint(outcomes);
    }

    private void Complete(Completion completion)
    {
        if (completion.Outcome is SessionOutcome.Resumed)
        {
            // The client is that session's now.
            _link.Lose();
            Context.Stop(Self);
            return;
        }

        using (ActorTracing.Enter(_link.Connection.CommandSpan))
            SessionLog.Completed(_node.Log, completion.Request.GetType().Name, completion.Outcome.GetType().Name);
        if (completion.Outcome == SessionOutcome.Refused.TryAgain)
            _link.Connection.CommandSpan?.SetStatus(ActivityStatusCode.Error);
        if (completion is { Request: SessionRequest.Connect { Service: var service, Room: var room }, Outcome: SessionOutcome.Connected }
            && !_ports.ContainsKey((service, room)))
        {
            // It was let in, and put out before this came.
            completion = completion with { Outcome = SessionOutcome.Refused.PutOut };
        }

        if (completion.Outcome is SessionOutcome.SignedIn { Name: var name } && !TryTakePlace(name.Domain))
        {
            _node.Users.Tell(new UserCommands.SignOut(name, _id));
            completion = completion with { Outcome = new SessionOutcome.NotSignedIn(SignInVerdict.DomainFull, SessionOutcome.Refused.DomainIsFull(name.Domain).Why) };
        }

        switch (completion.Request, completion.Outcome)
        {
            case (SessionRequest.Connect connect, SessionOutcome.Refused or SessionOutcome.Waiting):
                // Should it have got in after its deadline, it leaves with its port. Who waits gets another.
                ClosePort(connect.Service, connect.Room);
                break;
            case (SessionRequest.Disconnect disconnect, _):
                ClosePort(disconnect.Service, disconnect.Room);
                break;
            case (_, SessionOutcome.SignedIn):
                if (_presence is { } guest)
                    _node.Users.Tell(new UserCommands.SignOut(guest.User, _id));
                BePresentAs(_signIn!.Taken!);
                WatchUser(_signIn.User!);
                break;
        }

        if (completion is { Request: SessionRequest.Connect, Outcome: not SessionOutcome.Waiting })
            _node.Metrics.Join(completion.Outcome);
        _machine.Complete(completion.Outcome);
        Follow();
        if (completion.Outcome is not (SessionOutcome.SignedIn or SessionOutcome.Renewed))
            return;
        CheckExpiry();
        // It may have gone while this was asked, and whoever was told so could not know whose this is.
        if (!_node.Policy.Domains.Has(_machine.Identity.Domain))
            EndForDomain();
    }

    private void EndForDomain()
    {
        _fate.End = CallEnd.PutOut;
        _machine.End(SignedOut.DomainGone(_machine.Identity.Domain));
        Follow();
    }

    private void BePresentAs(UserCommands.SignIn presence)
    {
        _names.Add(presence.User);
        if (_presence is { } before)
            _names.Remove(before.User);
        _presence = presence;
    }

    private void Introduce()
    {
        if (_presence is not { } presence)
            return;
        _node.Users.AskEntityAsync<SignInAnswer>(presence, _node.AskDeadline).PipeTo(
            Self,
            success: answer => new Introduced(presence, answer),
            failure: _ => new Introduced(presence, null));
    }

    private void BeIntroduced(Introduced introduced)
    {
        // The name may have been changed since.
        if (introduced.As != _presence)
            return;
        if (introduced.Answer is not { } answer)
        {
            var pause = _introduceAgainAfter[Math.Min(_introductionsFailed++, _introduceAgainAfter.Length - 1)];
            Timers.StartSingleTimer(IntroduceAgain.Instance, IntroduceAgain.Instance, pause);
            return;
        }

        _introductionsFailed = 0;
        if (answer.User is { } user)
            WatchUser(user);
        else if (!_machine.IsGuest)
        {
            _machine.End(answer.Why ?? SignedOut.NameTaken);
            Follow();
        }
    }

    private void WatchUser(IActorRef user)
    {
        if (user.Equals(_user))
            return;
        if (_user is not null)
            Context.Unwatch(_user);
        _user = Context.Watch(user);
    }

    /// <summary>Its shard moved, its node died, or it failed: whoever is this user next does not know who is signed in.</summary>
    private void UserEnded(IActorRef user)
    {
        if (!user.Equals(_user) || _presence is null)
            return;
        _user = null;
        _presence = _presence with { IsAgain = true };
        var delay = _node.Pace.Delay(Clock);
        if (delay == TimeSpan.Zero)
            Introduce();
        else
            Timers.StartSingleTimer(IntroduceAgain.Instance, IntroduceAgain.Instance, delay);
    }

    private void Say(SessionOutput.Say say)
    {
        foreach (var room in say.Rooms)
            _node.Forwarders.Tell(new ForwarderCommands.Say(room, _id, _machine.Identity, say.Service, say.Text), ActorRefs.NoSender);
        if (say.Rooms.IsEmpty && say.Alternative is { } whom)
        {
            var words = new RoomCommands.Say(whom, _id, _machine.Identity, say.Service, say.Text);
            _node.Users.Tell(new UserCommands.DeliverChat(whom, words), ActorRefs.NoSender);
        }
    }

    private void ClosePort(Service service, Name room)
    {
        if (_ports.Remove((service, room), out var port))
            Context.Stop(port);
        if (_ports.Count == 0)
            _browser?.Leave();
    }

    private void ClosePorts(Name room)
    {
        foreach (var (service, _) in _ports.Keys.Where(p => p.Room == room).ToArray())
            ClosePort(service, room);
    }

    /// <summary>A call goes on for hours with no word said: media counts as a sign of life.</summary>
    private async Task<Heard> ReadMediaAsync()
    {
        var statistics = await Task.WhenAll(_ports.Values.Select(p => p.Ask<PortStatistics>(new MediaPortCommands.Read(), _node.AskDeadline)));
        return new Heard(statistics.Sum(s => s.DatagramsIn));
    }

    /// <summary>Nobody hears or sees it any more. A page that is told so comes again, from the beginning.</summary>
    private void EndIfMediaIsLost()
    {
        if (_browser is not { IsLost: true })
            return;
        _machine.End("media lost");
        Follow();
    }

    private void CheckIdle(Heard heard)
    {
        if (heard.Datagrams != _datagramsHeard)
        {
            _datagramsHeard = heard.Datagrams;
            _lastHeard = Clock;
        }

        var left = _node.IdleLimit - (Clock - _lastHeard);
        if (left > TimeSpan.Zero)
            Timers.StartSingleTimer(IdleCheck.Instance, IdleCheck.Instance, left);
        else
        {
            _machine.End("idle");
            Follow();
        }
    }

    /// <summary>What a token grants ends with it. Long before that it is looked at again now and then: timers do not run for years.</summary>
    private void CheckExpiry()
    {
        if (_machine.Grants.Until is not { } until)
            return;
        var left = until - Context.System.Scheduler.Now;
        if (left > TimeSpan.Zero)
            Timers.StartSingleTimer(ExpiryCheck.Instance, ExpiryCheck.Instance, left < _longestTimer ? left : _longestTimer);
        else
        {
            _machine.End("token expired");
            Follow();
        }
    }

    private sealed record Completion(SessionRequest Request, SessionOutcome Outcome);

    private sealed record Introduced(UserCommands.SignIn As, SignInAnswer? Answer);

    private sealed record AskRoomsAgain(Name[] Rooms);

    private sealed record IntroduceAgain
    {
        public static IntroduceAgain Instance { get; } = new();
    }

    /// <summary>Datagrams received so far on all of the session's ports.</summary>
    private sealed record Heard(long Datagrams);

    private sealed record ExpiryCheck
    {
        public static ExpiryCheck Instance { get; } = new();
    }

    private sealed record TokenIsDue
    {
        public static TokenIsDue Instance { get; } = new();
    }

    private sealed record ResumeLimit
    {
        public static ResumeLimit Instance { get; } = new();
    }

    private sealed record IdleCheck
    {
        public static IdleCheck Instance { get; } = new();
    }
}
