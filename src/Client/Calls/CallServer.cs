using Conference.Client.Connections;
using Conference.Protocol;
using Conference.Protocol.Addresses;

namespace Conference.Client.Calls;

/// <summary>
/// The server a call is at now. The first one is the one that was named; later ones are those it is sent on to (<c>114 moving</c>), or any of
/// them that takes it back after the connection was lost.
/// </summary>
internal sealed class CallServer(CallOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);

    private QcvcAddress _address = options.Room;
    private QcvcAddress? _sentTo;
    private QcvcClient? _client;
    private byte[]? _token;

    /// <summary>The session there.</summary>
    public QcvcClient Client => _client ?? throw new InvalidOperationException("not there yet");

    /// <summary>How the room is called there.</summary>
    public Target Room { get; private set; } = options.Room.Target;

    /// <summary>This client's own name there.</summary>
    public string Name { get; private set; } = "";

    public int Moves { get; private set; }

    /// <summary>The others are told that this call is recorded; false from a server that does not know how.</summary>
    public bool TellsOfRecording { get; private set; }

    /// <summary>LIST says whose source is whose.</summary>
    public bool KnowsOwners { get; private set; }

    /// <exception cref="QcvcException">It could not be joined.</exception>
    public Task ArriveAsync(CancellationToken cancel) => ArriveAsync(_address, cancel);

    /// <summary>CONN of every service, then all media over to the ports that were given.</summary>
    public async Task ConnectAsync(IReadOnlyList<CallMedia> media, CancellationToken cancel)
    {
        int[] ports = await Task.WhenAll(media.Select(m => Client.ConnAsync(m.Service, Room, cancel)));
        for (int i = 0; i < ports.Length; i++)
            await media[i].SwitchToAsync(Client, ports[i], _token);
    }

    /// <summary>Goes on where the server says, there first and only then away from here, so that nothing is missed.</summary>
    /// <returns>False: that server does not take it; it stays, and will be cut off here.</returns>
    public async Task<bool> FollowAsync(string host, IReadOnlyList<CallMedia> media, CancellationToken cancel)
    {
        if (!QcvcAddress.TryParse(host, options.Room.Port, needsName: false, out var next))
            return false;
        _sentTo = next with { Name = options.Room.Name };
        var (client, address, room) = (_client!, _address, Room);
        try
        {
            await ArriveAsync(_sentTo, cancel);
            await ConnectAsync(media, cancel);
        }
        catch (QcvcException e)
        {
            // A name that only one session may bear is free once the old one has gone.
            bool isNameTaken = e.Reply?.Code == 504;
            if (!isNameTaken)
            {
                if (_client != client)
                    await Client.DisposeAsync();
                (_client, _address, Room) = (client, address, room);
                return false;
            }

            _client = client;
            await LeaveAsync();
            return await ComeBackAsync(media, cancel);
        }

        Moves++;
        await LeaveAsync(client);
        return true;
    }

    /// <summary>Tries every server it knows of until one takes it, or its time is over.</summary>
    public async Task<bool> ComeBackAsync(IReadOnlyList<CallMedia> media, CancellationToken cancel)
    {
        await Client.DisposeAsync();
        long lost = options.Clock.GetTimestamp();
        var pause = _firstPause;
        while (options.Clock.GetElapsedTime(lost) < options.ComeBackWithin)
        {
            foreach (var address in new[] { _sentTo, _address, options.Room }.OfType<QcvcAddress>().Distinct())
            {
                try
                {
                    await ArriveAsync(address, cancel);
                    await ConnectAsync(media, cancel);
                    Moves++;
                    return true;
                }
                catch (QcvcException)
                {
                    await Client.DisposeAsync();
                }
            }

            await Task.Delay(pause, options.Clock, cancel);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }

        return false;
    }

    /// <summary>QUIT.</summary>
    public Task LeaveAsync() => LeaveAsync(_client);

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
            await _client.DisposeAsync();
    }

    private static async Task LeaveAsync(QcvcClient? client)
    {
        if (client is null)
            return;
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await client.QuitAsync(soon.Token);
        }
        catch (Exception e) when (e is QcvcException or OperationCanceledException)
        {
            // It is gone, or does not answer: nothing more to say to it.
        }

        await client.DisposeAsync();
    }

    /// <summary>AUTH, HELO and what a newer server can do beyond; an older one may not know it.</summary>
    private async Task ArriveAsync(QcvcAddress address, CancellationToken cancel)
    {
        var client = await QcvcClient.ConnectAsync(address, options.Connection with { Clock = options.Clock }, cancel);
        try
        {
            // A guest is told too how the server calls it, by a newer one.
            Name = options.SignIn is { } signIn ? await signIn.SayAsync(client, cancel) : await client.NameAsync(cancel) ?? Name;
            // Behind a load balancer, the name of the service means the same at every node, and a node's own address may mean nothing to it.
            if (!await client.HeloAsync(Room = address.Target, cancel) && !await client.HeloAsync(Room = options.Room.Target, cancel))
                throw new QcvcException($"{Printable.Of(options.Room.Name, 64)} is not here");
            if (options.RoomPassword is { } password)
                await client.SetRoomPasswordAsync(password, cancel);
            if (options.Invitation is { } invitation)
                await client.SetInvitationAsync(invitation, cancel);
            var token = client.RoamAsync(cancel);
            await Task.WhenAll(
                client.TrySetpAsync(Service.Session, "events", "on", cancel),
                client.TrySetpAsync(Service.Chat, "sender", "on", cancel),
                token);
            _token = await token;
            if (options.Record is not null)
            {
                // Before a CONN: nothing is kept of which nobody has been told.
                TellsOfRecording = await client.TrySetpAsync(Service.Session, "recording", "on", cancel);
                KnowsOwners = await client.TrySetpAsync(Service.Session, "details", "on", cancel);
            }
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }

        (_client, _address) = (client, address);
    }
}
