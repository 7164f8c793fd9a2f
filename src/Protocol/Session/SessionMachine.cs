using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Replies;

namespace Conference.Protocol.Session;

/// <summary>
/// One QCVC session, pure: lines, outcomes and notices in; <see cref="SessionOutput"/>s out. Call an input, then
/// <see cref="TryTake"/> until it says false. Commands are taken up strictly one after the other, so a pipelined
/// <c>CONN</c>, <c>SETP</c>, <c>DCON</c> means what it would mean typed by hand.
/// </summary>
public sealed class SessionMachine
{
    private static readonly string[] _features = ["AUTH", "NOOP", "LIST", "STATUS", "EVENTS", "SENDER", "PORTS", "SELECT", "MUTE", "LAYERS", "DETAILS", "ROAM", "RECORDING", "RESUME", "ROOM"];
    private static readonly string[] _featuresWithTls = ["AUTH", "STLS", .. _features[1..]];
    private static readonly string[] _featuresOfWeb = [.. _features.Except(["ROAM", "RESUME"]), "WEB"];

    private readonly SessionPolicy _policy;
    private readonly SessionIdentity _identity;
    private readonly LinkSecurity _link;
    private readonly WebToken? _web;
    private readonly Queue<Command> _waiting = new(0);
    private readonly Queue<SessionOutput> _outputs = new(4);
    private readonly Dictionary<(Service Service, Name Room), int> _connections = new(0);
    private readonly Dictionary<Service, ServiceParameters> _parameters = new(0);

    /// <summary>Rooms where an operator muted this session's user.</summary>
    private readonly HashSet<Name> _mutedIn = new(0);

    /// <summary>Who sits on a browser's lines, as it has been told; null for all other sessions.</summary>
    private readonly SeatNews? _seats;

    /// <summary>Who records the rooms this session is in: told again to a client that asks for events late.</summary>
    private readonly HashSet<(Name Room, Name Who)> _recorders = new(0);

    /// <summary>The CONNs that wait in lobbies.</summary>
    private readonly HashSet<(Service Service, Name Room)> _inLobby = new(0);

    private SessionOptions _options = SessionOptions.Default;
    private RoomPass _pass = RoomPass.None;

    /// <summary>The room that was connected to last.</summary>
    private Name? _room;

    private (Command Command, Name Who)? _current;
    private Name? _lastFound;

    /// <summary>What its ports follow, as the client was told last; null while it does not roam.</summary>
    private string? _roamToken;

    /// <summary>By what it is found again when its connection is lost; null where it ends then.</summary>
    private string? _resumeToken;

    private readonly string _ownHost;
    private string _host;
    private int _errorsInARow;
    private string? _movingTo;
    private bool _closed;

    /// <param name="policy">The node's rules.</param>
    /// <param name="guest">Who the client is until it signs in.</param>
    /// <param name="host">This service's host as the client must see it, until the client itself says one.</param>
    /// <param name="link">What is known of the connection.</param>
    /// <param name="web">What the session is found by, where it is a browser's; null for all others.</param>
    /// <param name="serverName">The name of this service that the client gave to TLS, or in its request; null for none.</param>
    public SessionMachine(SessionPolicy policy, Name guest, string host, LinkSecurity link = default, WebToken? web = null, string? serverName = null)
    {
        _web = web;
        _seats = web is null ? null : new SeatNews();
        _policy = policy;
        _host = _ownHost = host;
        _link = link;
        _identity = new SessionIdentity(policy, guest, link, serverName is null ? Domain.Default : policy.Domains.Find(serverName) ?? Domain.Default);
        KeepHost();
    }

    public Name Identity => _identity.Name;

    public bool IsGuest => Identity.IsGuest;

    /// <summary>What the client may do as who it is.</summary>
    public SessionGrants Grants => _identity.Grants;

    /// <summary>True once 421 is out, or TLS has begun and the session with it is another; every further input is ignored.</summary>
    public bool IsClosed => _closed;

    /// <summary>To be called once, on a connection that has not been greeted yet.</summary>
    public void Start() => Put(new SessionOutput.Line(Reply.Greeting));

    public void Receive(Command command)
    {
        if (_closed)
            return;
        _waiting.Enqueue(command);
        Proceed();
    }

    /// <summary>The answer to the one request that is out.</summary>
    public void Complete(SessionOutcome outcome)
    {
        if (_closed || _current is not { } current)
            return;
        _current = null;
        Finish(current.Command, current.Who, outcome);
        Proceed();
    }

    public void Notify(SessionNotice notice)
    {
        if (_closed)
            return;
        switch (notice)
        {
            case SessionNotice.Said said when said.ToOwnerOf is not { } room || !IsIn(room):
                Tell(_options.Sender ? Reply.Said(said.Service, said.Sender, _host, said.Text) : Reply.Said(said.Service, said.Text));
                break;
            case SessionNotice.Joined joined when _options.Events:
                Tell(Reply.Joined(joined.Who, _host));
                break;
            case SessionNotice.Left left when _options.Events:
                Tell(Reply.Left(left.Who, _host));
                break;
            case SessionNotice.Called called when _options.Events:
                Tell(Reply.Call(called.Service, called.Caller, _host));
                break;
            case SessionNotice.Spoke spoke when _options.Events:
                Tell(Reply.Speaker(spoke.Who, _host));
                break;
            case SessionNotice.Moving moving:
                _movingTo = moving.Host;
                TellWhereTo();
                break;
            case SessionNotice.Muted muted:
                NotifyMuted(muted);
                break;
            case SessionNotice.TokenShown shown when _roamToken is not null:
                _roamToken = shown.Token;
                Tell(Reply.Roam(shown.Token));
                break;
            case SessionNotice.Recording recording:
                NotifyRecording(recording);
                break;
            case SessionNotice.OtherPutOut other when _options.Events:
                Tell(Reply.PutOut(other.Who, _host));
                break;
            case SessionNotice.PutOut putOut:
                NotifyPutOut(putOut);
                break;
            case SessionNotice.LobbyOver over:
                LeaveLobby(over);
                break;
            case SessionNotice.Waits waits when _options.Events:
                Tell(waits.IsWaiting ? Reply.Waits(waits.Who, _host) : Reply.WaitsNoMore(waits.Who, _host));
                break;
            case SessionNotice.RoomTold told when _options.Events:
                Tell(Reply.Room(told.Parameter, told.Value));
                break;
            case SessionNotice.Seated seated:
                _seats?.Take(seated);
                TellSeats();
                break;
        }
    }

    /// <summary>Ends the session with <c>421 reason</c>, whatever is under way.</summary>
    public void End(string reason)
    {
        if (_closed)
            return;
        Put(new SessionOutput.Line(Reply.Closing(reason)));
        Put(new SessionOutput.Close());
        _closed = true;
        _waiting.Clear();
    }

    public bool TryTake([NotNullWhen(true)] out SessionOutput? output) => _outputs.TryDequeue(out output);

    private void NotifyMuted(SessionNotice.Muted muted)
    {
        bool isNews = muted.Who != Identity || (muted.IsMuted ? _mutedIn.Add(muted.Room) : _mutedIn.Remove(muted.Room));
        if (isNews && _options.Events)
            Tell(muted.IsMuted ? Reply.Muted(muted.Who, _host) : Reply.Unmuted(muted.Who, _host));
    }

    /// <summary>Whoever is let in is asked for again, in its turn; whoever is not is told for each CONN.</summary>
    private void LeaveLobby(SessionNotice.LobbyOver over)
    {
        foreach (var connection in _inLobby.Where(c => c.Room == over.Room).OrderBy(c => c.Service.ToString(), StringComparer.Ordinal).ToArray())
        {
            if (over.IsAdmitted)
                _waiting.Enqueue(new Command.Admitted(connection.Service, connection.Room));
            else
            {
                _inLobby.Remove(connection);
                Put(new SessionOutput.Line(Reply.Refused(SessionOutcome.Refused.NotAdmitted.Why)));
            }
        }

        Proceed();
    }

    private void NotifyRecording(SessionNotice.Recording recording)
    {
        var recorder = (recording.Room, recording.Who);
        bool isNews = recording.IsOn ? !_recorders.Contains(recorder) : _recorders.Remove(recorder);
        if (recording.IsOn && isNews && _recorders.Count < SessionPolicy.MaxRecorders)
            _recorders.Add(recorder);
        if (isNews && _options.Events)
            Tell(recording.IsOn ? Reply.Recording(recording.Who, _host) : Reply.Recorded(recording.Who, _host));
    }

    private void NotifyPutOut(SessionNotice.PutOut putOut)
    {
        bool wasIn = IsIn(putOut.Room);
        foreach (var connection in _connections.Keys.Where(c => c.Room == putOut.Room).ToArray())
            Disconnect(connection);
        if (!wasIn || !_options.Events)
            return;
        if (!putOut.IsClosing)
            Tell(Reply.PutOut(Identity, _host));
        Tell(Reply.Left(Identity, _host));
    }

    private void Proceed()
    {
        while (!_closed && _current is null && _waiting.TryDequeue(out var command))
            Handle(command);
    }

    private void Handle(Command command)
    {
        if (command is not Command.Bad)
            _errorsInARow = 0;
        switch (command)
        {
            case Command.Bad bad:
                Fail(bad);
                break;
            case Command.Foreign foreign:
                Put(new SessionOutput.Answered(foreign.Verb, Reply.ClosingCode));
                End($"this is QCVC, not {foreign.Protocol.ToString().ToUpperInvariant()}");
                break;
            case Command.Excess excess:
                HandleExcess(excess.What);
                break;
            case Command.Helo helo:
                HandleHelo(helo);
                break;
            case Command.Stat stat:
                HandleStat(stat);
                break;
            case Command.Conn conn:
                HandleConn(conn);
                break;
            case Command.Dcon dcon:
                HandleDcon(dcon);
                break;
            case Command.Getp getp:
                HandleGetp(getp);
                break;
            case Command.Setp setp:
                HandleSetp(setp);
                break;
            case Command.Send send:
                HandleSend(send);
                break;
            case Command.List list:
                HandleList(list);
                break;
            case Command.Auth auth:
                HandleAuth(auth);
                break;
            case Command.Stls stls:
                HandleStls(stls);
                break;
            case Command.Feat:
                Answer(command, Reply.Features(_web is not null ? _featuresOfWeb : _link.CanStartTls ? _featuresWithTls : _features));
                break;
            case Command.Admitted admitted:
                // It may have changed its mind.
                if (_inLobby.Contains((admitted.Service, admitted.Room)))
                    AskToConnect(admitted, admitted.Service, admitted.Room);
                break;
            case Command.Negotiated negotiated:
                Ask(negotiated, new SessionRequest.Configure(negotiated.Service, ParametersOf(negotiated.Service) with { Layers = negotiated.Layers }));
                break;
            case Command.Noop:
                Answer(command, Reply.Ok);
                break;
            case Command.Quit:
                Put(new SessionOutput.Answered(Verb.Quit, Reply.ClosingCode));
                End("quit");
                break;
        }
    }

    /// <param name="command">What was asked for.</param>
    /// <param name="who">The user or room it named; default for AUTH and SETP.</param>
    /// <param name="outcome">What came of it.</param>
    private void Finish(Command command, Name who, SessionOutcome outcome)
    {
        switch (command, outcome)
        {
            case (Command.Helo, SessionOutcome.Found):
                _lastFound = who;
                Answer(command, Reply.Here(who.Local));
                break;
            case (Command.Helo, _):
                Answer(command, Reply.NotHere(who.Local));
                break;
            case (Command.Stat stat, SessionOutcome.StatusIs status):
                bool seen = status.Status != UserStatus.Hidden || stat.Set is not null || who == Identity;
                Answer(command, seen ? Reply.Status(status.Status) : Reply.StatusNotAvailable);
                break;
            case (Command.Stat { Set: not null }, SessionOutcome.Refused refused):
                Answer(command, Reply.Refused(refused.Why));
                break;
            case (Command.Stat, _):
                Answer(command, Reply.StatusNotAvailable);
                break;
            case (Command.Conn conn, SessionOutcome.Connected connected):
                Answer(command, Connected((conn.Service, who), connected.Port));
                break;
            case (Command.Conn conn, SessionOutcome.Waiting):
                _inLobby.Add((conn.Service, who));
                Answer(command, Reply.Waiting(who, _host));
                break;
            case (Command.Conn conn, SessionOutcome.Refused refused):
                _inLobby.Remove((conn.Service, who));
                Answer(command, Reply.Refused(refused.Why));
                break;
            case (Command.Admitted admitted, SessionOutcome.Connected connected):
                Put(new SessionOutput.Line(Connected((admitted.Service, who), connected.Port)));
                break;
            case (Command.Admitted admitted, SessionOutcome.Refused refused):
                _inLobby.Remove((admitted.Service, who));
                Put(new SessionOutput.Line(Reply.Refused(refused.Why)));
                break;
            case (Command.Admitted, SessionOutcome.Waiting):
                // Its place in the lobby was lost, and it has another.
                break;
            case (Command.Dcon dcon, _):
                _inLobby.Remove((dcon.Service, who));
                Disconnect((dcon.Service, who));
                Answer(command, Reply.Disconnected(dcon.Service));
                break;
            case (Command.Negotiated negotiated, _):
                _parameters[negotiated.Service] = ParametersOf(negotiated.Service) with { Layers = negotiated.Layers };
                break;
            case (Command.Setp or Command.Getp, SessionOutcome.RoomIs room):
                Answer(command, Reply.Parameter(Service.Room, room.Value));
                break;
            case (Command.Setp { Service: var service }, SessionOutcome.Refused refused) when service == Service.Room:
                Answer(command, Reply.Refused(refused.Why));
                break;
            case (Command.Getp { Service: var service }, SessionOutcome.Refused refused) when service == Service.Room:
                Answer(command, Reply.Refused(refused.Why));
                break;
            case (Command.Setp setp, SessionOutcome.Roaming roaming):
                _roamToken = roaming.Token;
                Answer(setp, Reply.Parameter(setp.Service, RoamValue));
                break;
            case (Command.Setp setp, SessionOutcome.Kept kept):
                _resumeToken = kept.Token;
                Answer(setp, Reply.Parameter(setp.Service, ResumeValue));
                break;
            case (Command.Setp setp, SessionOutcome.Done) when setp.Service == Service.Session:
                SetOption(setp);
                break;
            case (Command.Setp setp, SessionOutcome.Done):
                _parameters[setp.Service] = ParametersOf(setp.Service).With(setp.Parameter, setp.Value)!;
                Answer(command, Reply.Parameter(setp.Service, ParametersOf(setp.Service).Get(setp.Parameter)!));
                break;
            case (Command.Setp setp, _):
                Answer(command, Reply.CouldNotSet(setp.Service, setp.Value, ServiceParameters.Describe(setp.Parameter)));
                break;
            case (Command.Getp getp, SessionOutcome.Reading { Value: { } value }):
                Answer(command, Reply.Parameter(getp.Service, value.ToString("0.#", CultureInfo.InvariantCulture)));
                break;
            case (Command.Getp getp, _):
                Answer(command, Reply.Parameter(getp.Service, "none"));
                break;
            case (Command.List, SessionOutcome.Members members):
                foreach (var member in members.All)
                {
                    Put(new SessionOutput.Line(Reply.Member(member.Name, member.Services)));
                    foreach (var source in member.Sources)
                        Put(new SessionOutput.Line(Reply.Source(member.Name, source)));
                }

                Answer(command, Reply.MembersEnd);
                break;
            case (Command.Auth auth, _):
                FinishAuth(auth, outcome);
                break;
            case (_, SessionOutcome.Refused refused):
                Answer(command, Reply.Refused(refused.Why));
                break;
            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} is no outcome of {command.Verb}");
        }
    }

    private void HandleExcess(Command command)
    {
        switch (command)
        {
            case Command.Send:
                // It is not answered, whatever becomes of it.
                Put(new SessionOutput.Answered(Verb.Send, 0));
                break;
            case Command.Auth auth:
                Refuse(auth, SignInVerdict.Throttled);
                break;
            case Command.Setp setp:
                Answer(setp, CouldNotSet(setp));
                break;
            default:
                Answer(command, Reply.Refused("try again later"));
                break;
        }
    }

    private void HandleHelo(Command.Helo helo)
    {
        if (TryResolve(helo.Who, out var who, out _))
            Ask(helo, new SessionRequest.Find(who), who);
        else
            Answer(helo, Reply.NotHere(helo.Who.Name));
    }

    private void HandleStat(Command.Stat stat)
    {
        bool resolved = TryResolve(stat.Who, out var who, out _);
        if (stat.Set is not { } status)
        {
            if (resolved)
                Ask(stat, new SessionRequest.ReadStatus(who), who);
            else
                Answer(stat, Reply.StatusNotAvailable);
        }
        else if (resolved && who == Identity && !IsGuest)
            Ask(stat, new SessionRequest.SetStatus(status), who);
        else
            Answer(stat, Reply.NotAllowed);
    }

    private void HandleConn(Command.Conn conn)
    {
        // Which domain it is of, the address may say, and what that domain asks of guests.
        bool resolved = TryResolve(conn.Who, out var room, out string why);
        if (_identity.IsShutOut)
            Answer(conn, Reply.Refused("authentication required"));
        else if (!resolved)
            Answer(conn, Reply.Refused(why));
        else if (!Grants.Allows(room))
            Answer(conn, Reply.Refused("not allowed"));
        else if (_web is not null && _policy.Domains.RulesOf(room.Domain).Browsers is false)
            Answer(conn, Reply.Refused(SessionOutcome.Refused.NoBrowsers.Why));
        else if (!conn.Service.IsMedia)
            Answer(conn, Reply.Refused($"{conn.Service} is not a media service"));
        else if (_connections.TryGetValue((conn.Service, room), out int port))
            Answer(conn, Reply.Connected(conn.Service, port, _options.PortsWithTransport));
        else if (_connections.Count + _inLobby.Count >= SessionPolicy.MaxConnections && !_inLobby.Contains((conn.Service, room)))
            Answer(conn, Reply.Refused("too many connections"));
        else if (_web is not null && _connections.Keys.Concat(_inLobby).Any(c => c.Room != room))
            Answer(conn, Reply.Refused("one room at a time in a browser"));
        else
            AskToConnect(conn, conn.Service, room);
    }

    private void AskToConnect(Command command, Service service, Name room)
    {
        bool isIn = IsIn(room);
        // The room says both again where they hold still, before it lets anybody in.
        if (!isIn)
            _mutedIn.Remove(room);
        ForgetRecorders(room);
        Ask(command, new SessionRequest.Connect(service, room, ParametersOf(service)) { Pass = isIn ? RoomPass.None : _pass }, room);
    }

    private Reply Connected((Service Service, Name Room) connection, int port)
    {
        _inLobby.Remove(connection);
        _connections[connection] = port;
        _room = connection.Room;
        return Reply.Connected(connection.Service, port, _options.PortsWithTransport);
    }

    private void HandleDcon(Command.Dcon dcon)
    {
        if (TryResolve(dcon.Who, out var room, out _) && _connections.ContainsKey((dcon.Service, room)))
            Ask(dcon, new SessionRequest.Disconnect(dcon.Service, room), room);
        else if (_inLobby.Remove((dcon.Service, room)) && !_inLobby.Any(c => c.Room == room))
            Ask(dcon, new SessionRequest.StopWaiting(room), room);
        else
            Answer(dcon, Reply.Disconnected(dcon.Service));
    }

    private void HandleGetp(Command.Getp getp)
    {
        // The rate that is measured, not the one that was asked for: only the media plane knows it.
        if (getp.Parameter == ServiceParameters.RateNow && getp.Service.IsMedia)
        {
            Ask(getp, new SessionRequest.ReadRate(getp.Service));
            return;
        }

        if (getp.Service == Service.Room)
        {
            if (!RoomSetting.Readable.Contains(getp.Parameter))
                Answer(getp, Reply.UnknownParameter(getp.Service, getp.Parameter));
            else if (CurrentRoom is { } room)
                Ask(getp, new SessionRequest.ReadRoom(room, getp.Parameter), room);
            else
                Answer(getp, Reply.Refused(SessionOutcome.Refused.NotInRoom.Why));
            return;
        }

        if (RoomPass.Has(getp.Service, getp.Parameter))
        {
            Answer(getp, Reply.Parameter(getp.Service, _pass.Get(getp.Parameter)));
            return;
        }

        if (_web is { } web && getp.Service == Service.Session && getp.Parameter == "token")
        {
            Answer(getp, Reply.Token(web));
            return;
        }

        string? value = OwnName(getp) ?? OwnDomain(getp) ?? TokenOf(getp) ?? _options.Get(getp.Service, getp.Parameter)
            ?? (getp.Service.IsMedia ? InForce(getp.Service).Get(getp.Parameter) : null);
        Answer(getp, value is null ? Reply.UnknownParameter(getp.Service, getp.Parameter) : Reply.Parameter(getp.Service, value));
    }

    /// <summary>How others see who asks: a guest has no other way to learn it.</summary>
    private string? OwnName(Command.Getp getp) => getp.Service == Service.Session && getp.Parameter == "name" ? Identity.Local : null;

    /// <summary>A host by which the session's own domain can be named.</summary>
    private string? OwnDomain(Command.Getp getp) => getp.Service != Service.Session || getp.Parameter != "domain" ? null
        : Identity.Domain.IsDefault ? Domain.Localhost : Identity.Domain.ToString();

    private string RoamValue => _roamToken ?? OnOff.ToText(false);

    /// <summary>With the host it is to be shown to: no other node knows it.</summary>
    private string ResumeValue => _resumeToken is { } token ? $"{token}@{_ownHost}" : OnOff.ToText(false);

    private string? TokenOf(Command.Getp getp) => (getp.Service == Service.Session, getp.Parameter) switch
    {
        (true, SessionOptions.Roam) => RoamValue,
        (true, SessionOptions.Resume) => ResumeValue,
        _ => null,
    };

    private static bool Is(Command.Setp setp, string option) => setp.Service == Service.Session && setp.Parameter == option;

    /// <summary>An option that is a token where it is on. In a browser there is none of them: its media moves by itself, and the page joins again.</summary>
    private void HandleToken(Command.Setp setp, bool isAllowed, Func<bool, SessionRequest> request)
    {
        bool? isOn = OnOff.Parse(setp.Value);
        if (isOn is null || (isOn is true && (!isAllowed || _web is not null)))
            Answer(setp, Reply.CouldNotSet(setp.Service, setp.Value, setp.Parameter));
        else
            Ask(setp, request(isOn.Value));
    }

    /// <summary>The one that GETP and SETP mean by <c>room</c>; null in none.</summary>
    private Name? CurrentRoom => _room is { } room && IsIn(room) ? room : _connections.Keys.Select(c => (Name?)c.Room).FirstOrDefault();

    private void HandleSetRoom(Command.Setp setp)
    {
        if (!RoomSetting.Writable.Contains(setp.Parameter))
            Answer(setp, Reply.UnknownParameter(setp.Service, setp.Parameter));
        else if (setp.Parameter == RoomSetting.PasswordName && !_link.KeepsSecrets)
            Answer(setp, Reply.Refused(SessionOutcome.Refused.StartTlsFirst.Why));
        else if (CurrentRoom is not { } room)
            Answer(setp, Reply.Refused(SessionOutcome.Refused.NotInRoom.Why));
        else if (RoomSetting.Parse(setp.Parameter, setp.Value, Identity.Domain) is { } setting)
            Ask(setp, new SessionRequest.SetRoom(room, setting), room);
        else
            Answer(setp, CouldNotSet(setp));
    }

    private void SetPass(Command.Setp setp)
    {
        if (!_link.KeepsSecrets)
            Answer(setp, Reply.Refused(SessionOutcome.Refused.StartTlsFirst.Why));
        else if (_pass.With(setp.Parameter, setp.Value) is { } pass)
        {
            _pass = pass;
            Answer(setp, Reply.Parameter(setp.Service, pass.Get(setp.Parameter)));
        }
        else
            Answer(setp, CouldNotSet(setp));
    }

    /// <summary>A secret that cannot be is not said back.</summary>
    private static Reply CouldNotSet(Command.Setp setp)
    {
        bool isSecret = RoomPass.Has(setp.Service, setp.Parameter) || (setp.Service == Service.Room && setp.Parameter == RoomSetting.PasswordName);
        return Reply.CouldNotSet(setp.Service, isSecret ? "-" : setp.Value, setp.Parameter);
    }

    private void HandleSetp(Command.Setp setp)
    {
        if (setp.Service == Service.Room)
            HandleSetRoom(setp);
        else if (RoomPass.Has(setp.Service, setp.Parameter))
            SetPass(setp);
        else if (Is(setp, SessionOptions.Roam))
            HandleToken(setp, _policy.Roaming, isOn => new SessionRequest.Roam(isOn));
        else if (Is(setp, SessionOptions.Resume))
            HandleToken(setp, isAllowed: true, isOn => new SessionRequest.Keep(isOn));
        else if (_options.Get(setp.Service, setp.Parameter) is not null)
        {
            if (_options.With(setp.Parameter, setp.Value) is not { } options)
                Answer(setp, Reply.CouldNotSet(setp.Service, setp.Value, setp.Parameter));
            else if (options.Recording != _options.Recording && _connections.Count > 0)
                Ask(setp, new SessionRequest.Record(_connections.Keys.Select(c => c.Service).Distinct()
                    .ToDictionary(s => s, s => ParametersOf(s) with { Recording = options.Recording })));
            else
                SetOption(setp);
        }
        else if (!setp.Service.IsMedia || ParametersOf(setp.Service).Get(setp.Parameter) is null)
            Answer(setp, Reply.UnknownParameter(setp.Service, setp.Parameter));
        else if (ParametersOf(setp.Service).With(setp.Parameter, setp.Value)?.In(Identity.Domain) is { } parameters
            && Grants.Limit(parameters) == parameters && !IsAgainstMute(setp) && HasRoomFor(setp.Service))
            Ask(setp, new SessionRequest.Configure(setp.Service, parameters));
        else
            Answer(setp, Reply.CouldNotSet(setp.Service, setp.Value, ServiceParameters.Describe(setp.Parameter)));
    }

    private void SetOption(Command.Setp setp)
    {
        var before = _options;
        _options = _options.With(setp.Parameter, setp.Value)!;
        Answer(setp, Reply.Parameter(setp.Service, _options.Get(setp.Service, setp.Parameter)!));
        if (!_options.Events || before.Events)
            return;
        TellWhereTo();
        TellSeats();
        foreach (var (_, who) in _recorders)
            Tell(Reply.Recording(who, _host));
    }

    private void HandleSend(Command.Send send)
    {
        var rooms = _connections.Keys.Select(c => c.Room).Distinct().ToImmutableArray();
        var alternative = _lastFound is { } found && found.Domain == Identity.Domain && Grants.Allows(found) ? _lastFound : null;
        if (!_identity.IsShutOut && (!rooms.IsEmpty || alternative is not null))
            Put(new SessionOutput.Say(send.Service, send.Text, rooms, alternative));
        Put(new SessionOutput.Answered(Verb.Send, 0));
    }

    private void HandleList(Command.List list)
    {
        bool resolved = TryResolve(list.Room, out var room, out string why);
        if (_identity.IsShutOut)
            Answer(list, Reply.Refused("authentication required"));
        else if (!resolved)
            Answer(list, Reply.Refused(why));
        else if (!Grants.Allows(room))
            Answer(list, Reply.Refused("not allowed"));
        else
            Ask(list, new SessionRequest.ListMembers(room, _options.Details));
    }

    private void HandleAuth(Command.Auth auth)
    {
        var (request, verdict) = _identity.TryToSignIn(auth, isInRoom: _connections.Count + _inLobby.Count > 0);
        if (request is not null)
            Ask(auth, request);
        else
            Refuse(auth, verdict);
    }

    private void FinishAuth(Command.Auth auth, SessionOutcome outcome)
    {
        switch (outcome)
        {
            case SessionOutcome.SignedIn signedIn:
                _identity.SignedIn(signedIn);
                KeepHost();
                Put(new SessionOutput.TriedToSignIn(auth.Mechanism, SignInVerdict.Ok));
                Answer(auth, Reply.SignedIn(signedIn.Name));
                break;
            case SessionOutcome.Renewed renewed when _identity.TryRenew(renewed.Grants, [.. _connections.Keys.Select(c => c.Room)]):
                Put(new SessionOutput.TriedToSignIn(auth.Mechanism, SignInVerdict.Ok));
                Answer(auth, Reply.SignedIn(Identity));
                break;
            case SessionOutcome.Renewed:
                Refuse(auth, SignInVerdict.InRoom);
                break;
            case SessionOutcome.NotSignedIn no:
                Refuse(auth, no.Why, no.Text);
                break;
            case SessionOutcome.Refused refused:
                Refuse(auth, SignInVerdict.Unavailable, refused.Why);
                break;
            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} is no outcome of {auth.Verb}");
        }
    }

    private void Refuse(Command.Auth auth, SignInVerdict verdict, string? text = null)
    {
        Put(new SessionOutput.TriedToSignIn(auth.Mechanism, verdict));
        Answer(auth, Reply.NotSignedIn(text ?? (verdict == SignInVerdict.AlreadySignedIn ? $"already signed in as {Identity.Local}" : verdict.ToText())));
    }

    /// <summary>
    /// TLS begins behind 220, and with it another session: nothing that was said where anybody could read and write along counts
    /// after it, neither what was taken up before nor what waits (RFC 3207 section 6 says why).
    /// </summary>
    private void HandleStls(Command.Stls stls)
    {
        if (_link.IsEncrypted)
            Answer(stls, Reply.NotSignedIn("TLS already on"));
        else if (!_link.CanStartTls)
            Answer(stls, Reply.NotSignedIn("TLS not available"));
        else
        {
            Put(new SessionOutput.StartTls(Reply.StartTls));
            Put(new SessionOutput.Answered(Verb.Stls, Reply.StartTls.Code));
            _closed = true;
            _waiting.Clear();
        }
    }

    private bool IsIn(Name room) => _connections.Keys.Any(c => c.Room == room);

    /// <summary>With its last connection a browser gives up its lines; the next begins with others.</summary>
    private void Disconnect((Service Service, Name Room) connection)
    {
        _connections.Remove(connection);
        ForgetRecorders(connection.Room);
        if (_connections.Count == 0)
            _seats?.Clear();
    }

    /// <summary>Unless this session is still there.</summary>
    private void ForgetRecorders(Name room)
    {
        if (!IsIn(room))
            _recorders.RemoveWhere(r => r.Room == room);
    }

    private ServiceParameters ParametersOf(Service service) =>
        Grants.Limit(_parameters.GetValueOrDefault(service, ServiceParameters.Default)).In(Identity.Domain) with { Recording = _options.Recording };

    /// <summary>What holds of a service, with what an operator decided.</summary>
    private ServiceParameters InForce(Service service)
    {
        var parameters = ParametersOf(service);
        return parameters with { Muted = parameters.Muted || IsMutedByOperator(service) };
    }

    /// <summary>In a room where the session has the service; where it has it nowhere, in one where it would be muted.</summary>
    private bool IsMutedByOperator(Service service)
    {
        bool hasService = _connections.Keys.Any(c => c.Service == service);
        return _connections.Keys.Any(c => _mutedIn.Contains(c.Room) && (c.Service == service || !hasService));
    }

    /// <summary>It would be told that it is heard, and is not.</summary>
    private bool IsAgainstMute(Command.Setp setp) =>
        setp.Parameter == ServiceParameters.Mute && OnOff.Parse(setp.Value) == false && IsMutedByOperator(setp.Service);

    /// <summary>A client may set parameters before it connects, but not for a thousand services it never will.</summary>
    private bool HasRoomFor(Service service) => _parameters.ContainsKey(service) || _parameters.Count < SessionPolicy.MaxConnections;

    /// <summary>Whom an address means to this session. What is another domain's is told like nothing that is served: whether it is there is not said.</summary>
    private bool TryResolve(Target target, out Name name, out string why)
    {
        name = default;
        why = "";
        if (_policy.Domains.Find(target.Host) is not { } domain)
            why = $"{target.Host} is not served here";
        else if (!_identity.IsOf(domain))
            why = "not allowed";
        else if (!Name.TryParse(target.Name, domain, out name))
            why = "illegal name";
        else
            _host = target.Host;
        return why.Length == 0;
    }

    /// <summary>Others of its domain are shown with a host that means it.</summary>
    private void KeepHost()
    {
        if (_policy.Domains.Find(_host) != Identity.Domain)
            _host = Identity.Domain.IsDefault ? _ownHost : Identity.Domain.ToString();
    }

    private void Ask(Command command, SessionRequest request, Name who = default)
    {
        _current = (command, who);
        Put(new SessionOutput.Ask(request));
    }

    private void Answer(Command command, Reply reply)
    {
        Put(new SessionOutput.Line(reply));
        Put(new SessionOutput.Answered(command.Verb, reply.Code));
    }

    private void Fail(Command.Bad bad)
    {
        Answer(bad, bad.Answer);
        if (++_errorsInARow >= SessionPolicy.MaxErrors)
            End("too many errors");
    }

    private void TellWhereTo()
    {
        if (_options.Events && _movingTo is { } host)
            Tell(Reply.Moving(host));
    }

    private void TellSeats()
    {
        if (!_options.Events)
            return;
        foreach (var reply in _seats?.Tell(_host) ?? [])
            Tell(reply);
    }

    private void Tell(Reply reply) => Put(new SessionOutput.Line(reply, Unasked: true));

    private void Put(SessionOutput output) => _outputs.Enqueue(output);
}
