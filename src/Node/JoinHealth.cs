using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Conference.Actors;
using Conference.Actors.Rooms;
using Conference.Actors.Users;
using Conference.Media;
using Conference.Media.Transport;
using Conference.Node.Settings;
using Conference.Protocol;
using Conference.Protocol.Addresses;

namespace Conference.Node;

/// <summary>
/// Whether a CONN could come to something: a port can be opened, users and rooms answer. Looked at once at start, and every second from the first client that was
/// told to try again until all is well; one damaged room makes no node unready.
/// </summary>
public sealed class JoinHealth(NodeActors actors, MediaPlane plane, ConferenceMetrics metrics, NodeSettings settings, TimeProvider time, ILogger<JoinHealth> log)
    : BackgroundService
{
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private volatile bool _isWell = true;

    public bool IsWell => _isWell;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Note(WhyNoPort());
        using var timer = new PeriodicTimer(_every, time);
        double seen = 0;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            double unavailable = metrics.Joins.Unavailable;
            if (_isWell && unavailable == seen)
                continue;
            seen = unavailable;
            Note(WhyNoPort() ?? await WhyNoAnswerAsync(stoppingToken));
        }
    }

    private void Note(string? trouble)
    {
        if (trouble is not null && _isWell)
            Log.JoinsFail(log, trouble);
        else if (trouble is null && !_isWell)
            Log.JoinsWork(log);
        _isWell = trouble is null;
    }

    private string? WhyNoPort()
    {
        // Of the family that media is received in: 0.0.0.0 and :: are both.
        bool isV6 = settings.Media.Address.AddressFamily == AddressFamily.InterNetworkV6 && !settings.Media.Address.Equals(IPAddress.IPv6Any);
        var request = new PortRequest(new RoomId(""), new ServiceName(Service.Video.ToString()), isV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
        switch (plane.Open(request))
        {
            case PortOpening.Opened opened:
                plane.Close(opened.Port);
                return null;
            case PortOpening.Failed failed:
                return $"no media port can be opened ({failed.Reason})";
            default:
                // All are taken: that is no fault.
                return null;
        }
    }

    private async Task<string?> WhyNoAnswerAsync(CancellationToken stoppingToken)
    {
        var nobody = Name.Guest(0);
        try
        {
            await Task.WhenAll(
                actors.Users.Ask(new UserQueries.Find(nobody), _patience, stoppingToken), actors.Rooms.Ask(new RoomQueries.Find(nobody), _patience, stoppingToken));
            return null;
        }
        catch (AskTimeoutException)
        {
            return "users or rooms do not answer";
        }
    }
}
