using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Conference.Protocol.Addresses;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Client.Tests.Relay;

/// <summary>
/// A small QCVC server for tests, on real sockets: everybody is here, any room opens, datagrams go to the room's other members of the same
/// service. <see cref="Faults"/> spoils what it forwards.
/// </summary>
public sealed class FakeRelay : IDisposable
{
    private readonly TcpListener _listener;
    private readonly IPAddress _address;
    private readonly ConcurrentDictionary<RelaySession, byte> _sessions = new();
    private readonly ConcurrentDictionary<RelayPort, byte> _ports = new();
    private long _guests;

    public FakeRelay(IPAddress? address = null)
    {
        _address = address ?? IPAddress.Loopback;
        _listener = new TcpListener(_address, 0);
        _listener.Start(512);
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = Task.Run(AcceptAsync);
    }

    public RelayFaults? Faults { get; init; }

    public int Port { get; }

    public int OpenPorts => _ports.Count;

    public bool AllLatched => _ports.Keys.All(p => p.IsLatched);

    public QcvcAddress Address(string name = "standup") =>
        new(name, _address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{_address}]" : _address.ToString(), Port);

    /// <summary><c>114 moving</c> to everybody.</summary>
    public void SendAllTo(FakeRelay other) => TellAll(Reply.Moving($"{other._address}:{other.Port}"));

    /// <summary>A line to everybody.</summary>
    public void TellAll(Reply line)
    {
        foreach (var session in _sessions.Keys)
            session.Tell(line);
    }

    public int Sessions => _sessions.Count;

    public void EndAll(string reason)
    {
        foreach (var session in _sessions.Keys)
            session.End(reason);
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var port in _ports.Keys)
            port.Dispose();
    }

    internal (SessionOutcome Outcome, Action After) Answer(RelaySession session, Name identity, SessionRequest request)
    {
        switch (request)
        {
            case SessionRequest.Find:
                return (new SessionOutcome.Found(), () => { });
            case SessionRequest.ReadStatus status:
                return (status.Who == Name.Parse("nobody") ? new SessionOutcome.NotFound() : new SessionOutcome.StatusIs(UserStatus.Busy), () => { });
            case SessionRequest.Connect connect:
                bool first = !MembersOf(connect.Room).Contains(session);
                var port = new RelayPort(_address, connect.Service, connect.Room, session, Forward);
                _ports.TryAdd(port, 0);
                return (new SessionOutcome.Connected(port.Number), () => Tell(first, connect.Room, session, new SessionNotice.Joined(identity)));
            case SessionRequest.Disconnect disconnect:
                Close(_ports.Keys.Where(p => p.Owner == session && p.Room == disconnect.Room && p.Service == disconnect.Service));
                return (new SessionOutcome.Done(), () => { });
            case SessionRequest.Roam roam:
                return (new SessionOutcome.Roaming(roam.IsOn ? "c0ffee0123456789" : null), () => { });
            case SessionRequest.ListMembers list:
                var members = _ports.Keys.Where(p => p.Room == list.Room).GroupBy(p => p.Owner);
                return (new SessionOutcome.Members([.. members.Select(g => new Member(g.Key == session ? identity : g.Key.Identity, [.. g.Select(p => p.Service)]))]), () => { });
            case SessionRequest.SignInAnonymous signIn:
                return (new SessionOutcome.SignedIn(signIn.Name), () => { });
            default:
                return (new SessionOutcome.Done(), () => { });
        }
    }

    internal void Say(RelaySession from, Name sender, SessionOutput.Say say)
    {
        var rooms = say.Rooms.IsEmpty && say.Alternative is { } other ? [other] : say.Rooms;
        foreach (var session in rooms.SelectMany(MembersOf).Distinct().Where(s => s != from))
            session.Notify(new SessionNotice.Said(sender, say.Service, say.Text));
    }

    internal void Leave(RelaySession session)
    {
        _sessions.TryRemove(session, out _);
        var rooms = _ports.Keys.Where(p => p.Owner == session).Select(p => p.Room).Distinct().ToArray();
        Close(_ports.Keys.Where(p => p.Owner == session));
        foreach (var room in rooms)
            Tell(true, room, session, new SessionNotice.Left(session.Identity));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                var session = new RelaySession(this, socket, Name.Guest(Interlocked.Increment(ref _guests)));
                _sessions.TryAdd(session, 0);
                _ = Task.Run(session.RunAsync);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private void Forward(RelayPort from, byte[] datagram)
    {
        foreach (var to in _ports.Keys)
        {
            if (to == from || to.Room != from.Room || to.Service != from.Service)
                continue;
            foreach (byte[] copy in Faults?.Apply(from, to, datagram) ?? [datagram])
                to.Send(copy);
        }
    }

    private RelaySession[] MembersOf(Name room) => [.. _ports.Keys.Where(p => p.Room == room).Select(p => p.Owner).Distinct()];

    private void Tell(bool really, Name room, RelaySession except, SessionNotice notice)
    {
        foreach (var session in really ? MembersOf(room).Where(s => s != except) : [])
            session.Notify(notice);
    }

    private void Close(IEnumerable<RelayPort> ports)
    {
        foreach (var port in ports.ToArray())
        {
            _ports.TryRemove(port, out _);
            port.Dispose();
        }
    }
}
