using System.Security.Cryptography;
using System.Threading.Channels;
using Conference.Client.Connections;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Playing;
using Conference.Client.Media.Recording;
using Conference.Client.Media.Rtp;
using Conference.Protocol;
using Conference.Protocol.Rtp;

namespace Conference.Client.Calls;

/// <summary>
/// One call from HELO to QUIT: joins, sends through ffmpeg, listens, records. Ends after its time, when cancelled, or when the server
/// or ffmpeg does; whatever the end, ffmpeg is stopped and the files are whole when it returns.
/// </summary>
public sealed class CallSession
{
    /// <summary>What a server says that stops with nowhere to send anybody to.</summary>
    private const string Stopping = "shutting down";

    private const string LostConnection = "the connection was lost";

    private const int TicksPerSecond = 4;

    /// <summary>Ticks after somebody joined at which this client says again who it is: the newcomer's port opens a moment after the news.</summary>
    private const int Introductions = 3;

    /// <summary>More would not fit on a screen.</summary>
    private const int MaxWindows = 16;

    private static readonly Service _screen = Service.TryParse("screen", out var screen) ? screen : default;

    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1) / TicksPerSecond;

    private readonly CallOptions _options;
    private readonly ICallView _view;
    private readonly ChannelReader<CallWish> _wishes;
    private readonly CallMembers _members = new();
    private readonly CallServer _server;
    private readonly List<CallMedia> _media = [];
    private readonly SourceOwners _owners = new();
    private readonly HashSet<string> _muted = new(StringComparer.Ordinal);
    private Task _listing = Task.CompletedTask;
    private Recorder? _recorder;
    private Recorder? _player;
    private string _name = "";
    private bool _isSentOn;
    private string? _sentTo;
    private string? _closed;
    private int _ticks;
    private int _introductions = Introductions;

    private CallSession(CallOptions options, ICallView view, ChannelReader<CallWish>? wishes) =>
        (_options, _view, _wishes, _server) = (options, view, wishes ?? Channel.CreateBounded<CallWish>(1).Reader, new CallServer(options));

    /// <exception cref="QcvcException">It could not be joined.</exception>
    /// <exception cref="FfmpegMissingException">It is needed and not there.</exception>
    public static Task<CallReport> RunAsync(CallOptions options, ICallView view, CancellationToken cancel = default) => RunAsync(options, view, null, cancel);

    /// <param name="options">Which call.</param>
    /// <param name="view">Where it shows itself.</param>
    /// <param name="wishes">What the user wants meanwhile; null where there is nobody who could.</param>
    /// <param name="cancel">Leaves.</param>
    /// <exception cref="QcvcException">It could not be joined.</exception>
    /// <exception cref="FfmpegMissingException">It is needed and not there.</exception>
    public static Task<CallReport> RunAsync(CallOptions options, ICallView view, ChannelReader<CallWish>? wishes, CancellationToken cancel) =>
        new CallSession(options, view, wishes).RunAsync(cancel);

    private async Task<CallReport> RunAsync(CancellationToken cancel)
    {
        bool sends = _options.Video is not null || _options.Audio is not null;
        string ffmpeg = sends || _options.Record is not null ? FfmpegTool.Find() : "";
        string player = _options.Play ? PlayerTool.Find() : "";
        if (_options.Play && !PlayerTool.HasDisplay(Environment.GetEnvironmentVariable))
            throw new QcvcException("--play needs a display, and there is none here: neither DISPLAY nor WAYLAND_DISPLAY is set");
        // Before anybody is told that this call is recorded.
        if (_options.Record is { } wanted)
            RecordingFiles.Prepare(wanted.Directory);
        await using var server = _server;
        FfmpegProcess? encoder = null;
        long start = _options.Clock.GetTimestamp();
        var end = new CallEnd("interrupted");
        try
        {
            await _server.ArriveAsync(cancel);
            _name = _server.Name.Length > 0 ? _server.Name : $"anonymous-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
            _members.Self = _name;
            _recorder = _options.Record is { } record ? new Recorder(ffmpeg, record, _options.Clock) { KnowsOwners = _server.KnowsOwners } : null;
            _player = _options.Play ? new Recorder(of => new WindowOutput(player, of.Member), MaxWindows, _options.Clock) : null;
            OpenMedia();
            await EnterAsync(cancel);
            start = _options.Clock.GetTimestamp();
            if (sends)
                encoder = StartEncoder(ffmpeg);
            await AnnounceAsync(cancel);
            _view.Tell($"joined {_options.Room} as {_name}");
            _view.Tell(_members.Presence());
            if (_recorder is not null)
                _view.Tell(_server.TellsOfRecording ? "* everybody is told that you record" : "* this server cannot tell the others that you record: tell them yourself");
            Show();
            end = await StayAsync(encoder, start, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The user had enough: a clean end like any other.
        }
        catch
        {
            await CloseAsync(encoder);
            throw;
        }

        var left = _options.Clock.GetUtcNow();
        double seconds = _options.Clock.GetElapsedTime(start).TotalSeconds;
        var recordings = await CloseAsync(encoder);
        return new CallReport(
            _options.Room.ToString(), _name, left - TimeSpan.FromSeconds(seconds), Math.Round(seconds, 3), end.Why, end.Failed, _server.Moves,
            [.. _media.Select(m => m.Sent).OfType<SentStream>()], [.. _media.SelectMany(m => m.Received())], recordings,
            _media.Sum(m => m.Sources.Ignored), _recorder?.NotRecorded ?? 0, end.PutOut);
    }

    private void OpenMedia()
    {
        var who = new SourceDescription(0, CnameOf(_name), RandomNumberGenerator.GetHexString(8, lowercase: true));
        Recorder[] recorders = [.. new[] { _recorder, _player }.OfType<Recorder>()];
        _media.Add(new CallMedia(Service.Video, _options.Video?.Format, who, recorders, _options.Clock));
        _media.Add(new CallMedia(Service.Audio, _options.Audio is null ? null : PayloadFormat.Opus, who, recorders, _options.Clock));
        if (_options.Record is { IsWhole: true })
            _media.Add(new CallMedia(_screen, null, who, recorders, _options.Clock));
    }

    private FfmpegProcess StartEncoder(string ffmpeg)
    {
        var (video, audio) = (_media[0].Sender, _media[1].Sender);
        var options = new SendOptions
        {
            Video = video is null ? null : _options.Video! with { Ssrc = video.Ssrc },
            Audio = audio is null ? null : _options.Audio! with { Ssrc = audio.Ssrc },
        };
        return FfmpegProcess.Start(ffmpeg, SendArguments.Build(options, video?.LocalPort ?? 0, audio?.LocalPort ?? 0));
    }

    /// <summary>Into the room: at once, or when somebody lets this client in, which is told meanwhile.</summary>
    private async Task EnterAsync(CancellationToken cancel)
    {
        var connected = _server.ConnectAsync(_media, cancel);
        while (true)
        {
            var happened = _server.Client.Events.WaitToReadAsync(cancel).AsTask();
            await Task.WhenAny(connected, happened);
            if (connected.IsCompleted || !await happened)
                break;
            TakeEvents();
        }

        await connected;
    }

    /// <summary>Says who is here now, and hears who else is.</summary>
    private async Task AnnounceAsync(CancellationToken cancel)
    {
        _media.ForEach(m => m.SendControl());
        try
        {
            _members.Add(await _server.Client.ListAsync(_server.Room, cancel));
        }
        catch (QcvcException e) when (e.Reply is not null)
        {
            // A server without LIST: the members show themselves.
        }
    }

    private string CnameOf(string name) => $"{name}@{_options.Room.Endpoint}";

    private async Task<CallEnd> StayAsync(FfmpegProcess? encoder, long start, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(_tick, _options.Clock);
        var tick = timer.WaitForNextTickAsync(cancel).AsTask();
        var happened = _server.Client.Events.WaitToReadAsync(cancel).AsTask();
        var wished = _wishes.WaitToReadAsync(cancel).AsTask();
        var encoderGone = encoder?.Exited ?? Task.Delay(Timeout.Infinite, cancel);
        var over = _options.Duration is { } duration
            ? Task.Delay(duration - _options.Clock.GetElapsedTime(start) is { Ticks: > 0 } left ? left : TimeSpan.Zero, _options.Clock, cancel)
            : Task.Delay(Timeout.Infinite, cancel);
        while (true)
        {
            await Task.WhenAny(tick, happened, wished, over, encoderGone);
            cancel.ThrowIfCancellationRequested();
            if (over.IsCompleted)
                return new CallEnd("done");
            if (encoderGone.IsCompleted)
            {
                // Ctrl-C in a terminal goes to ffmpeg too, and its end may be seen before the signal itself.
                await Task.Delay(_tick, cancel);
                return new CallEnd($"ffmpeg ended: {encoder!.LastMessage}") { Failed = true };
            }

            if (wished.IsCompleted)
            {
                if (await GrantAsync(cancel))
                    return new CallEnd("done");
                wished = _wishes.WaitToReadAsync(cancel).AsTask();
            }

            if (happened.IsCompleted)
            {
                bool more = await happened;
                var news = TakeEvents();
                Show();
                if (_members.IsSaidToHaveLeft && await ExpelledAsync(cancel) is { } expelled)
                    return expelled;
                if (news.SentTo is { } host)
                    await FollowAsync(host, cancel);
                else if (!more && !await ComeBackAsync(news.Closed, cancel))
                    return new CallEnd(news.Closed is { } why ? $"421 {why}" : LostConnection) { Failed = true };
                happened = _server.Client.Events.WaitToReadAsync(cancel).AsTask();
            }

            if (tick.IsCompleted)
            {
                Tick();
                tick = timer.WaitForNextTickAsync(cancel).AsTask();
            }
        }
    }

    /// <summary>Does what the user wants.</summary>
    /// <returns>Whether that is to leave.</returns>
    private async Task<bool> GrantAsync(CancellationToken cancel)
    {
        while (_wishes.TryRead(out var wish))
        {
            try
            {
                switch (wish)
                {
                    case CallWish.Say say when RoomLine.Of(say.Text) is { } line:
                        _view.Tell($"* {Printable.Of(await line.SayAsync(_server.Client, cancel))}");
                        break;
                    case CallWish.Say say:
                        await _server.Client.SendAsync(Service.Chat, say.Text, cancel);
                        _view.Tell($"{_name}> {Printable.Of(say.Text)}");
                        break;
                    case CallWish.ToggleMute mute:
                        await ToggleMuteAsync(mute.Service, cancel);
                        break;
                    case CallWish.Leave:
                        return true;
                }
            }
            catch (Exception e) when (e is ArgumentException or QcvcException)
            {
                _view.Tell($"* not done: {e.Message}");
            }
        }

        Show();
        return false;
    }

    /// <summary>Kept back here, so that it leaves this machine no more; and said to the server, which tells operators, and whether one of them has muted us.</summary>
    private async Task ToggleMuteAsync(Service service, CancellationToken cancel)
    {
        if (_media.Find(m => m.Service == service)?.Sender is not { } sender)
        {
            _view.Tell($"* you send no {service}");
            return;
        }

        bool isMuted = !sender.IsMuted;
        sender.IsMuted |= isMuted;
        bool isDone = await _server.Client.TrySetpAsync(service, "mute", isMuted ? "on" : "off", cancel);
        sender.IsMuted = isMuted;
        if (isMuted)
            _muted.Add(service.ToString());
        else
            _muted.Remove(service.ToString());
        _view.Tell(isMuted ? $"* your {service} is muted" : isDone ? $"* your {service} is heard again" : $"* the server keeps your {service} muted");
    }

    /// <summary>The server said that we have left. Another session of the same user may have.</summary>
    /// <returns>Null where we are still in the room.</returns>
    private async Task<CallEnd?> ExpelledAsync(CancellationToken cancel)
    {
        if (!_members.IsPutOut && await IsListedAsync(cancel))
        {
            _members.Stay();
            return null;
        }

        return new CallEnd(_members.Expulsion(_options.Room.ToString())) { Failed = true, PutOut = true };
    }

    private async Task<bool> IsListedAsync(CancellationToken cancel)
    {
        try
        {
            return (await _server.Client.ListAsync(_server.Room, cancel)).Any(m => CallMembers.NameOf(m.Name) == _members.Self);
        }
        catch (QcvcException)
        {
            // The room is gone, or does not let us look.
            return false;
        }
    }

    /// <returns>Where the server sends this call, and why it closes the session, when it does.</returns>
    private (string? SentTo, string? Closed) TakeEvents()
    {
        bool joined = false;
        while (_server.Client.Events.TryRead(out var happened))
        {
            if (_members.Apply(happened) is { } line)
                _view.Tell(line);
            joined |= happened is ServerEvent.Joined;
            if (happened is ServerEvent.TokenShown shown)
                _media.ForEach(m => m.Token = RoamToken.Parse(shown.Token));
            if (happened is ServerEvent.Moving moving)
                _sentTo = moving.Host;
            if (happened is ServerEvent.Closing closing)
                _closed = Printable.Of(closing.Reason);
        }

        if (joined)
            _introductions = Introductions;
        return (Taken(ref _sentTo), _closed);
    }

    private async Task FollowAsync(string host, CancellationToken cancel)
    {
        _isSentOn = true;
        if (await _server.FollowAsync(host, _media, cancel))
            await GoOnAsync(cancel);
    }

    /// <summary>A server that is gone, or that stops, is no reason to end a call; one that does not want it is.</summary>
    private async Task<bool> ComeBackAsync(string? closed, CancellationToken cancel)
    {
        if (_options.ComeBackWithin <= TimeSpan.Zero || (closed is not (null or Stopping) && !_isSentOn))
            return false;
        _view.Tell($"* {(closed is null ? LostConnection : closed)}; coming back");
        if (!await _server.ComeBackAsync(_media, cancel))
            return false;
        await GoOnAsync(cancel);
        return true;
    }

    private async Task GoOnAsync(CancellationToken cancel)
    {
        (_isSentOn, _closed) = (false, null);
        _introductions = Introductions;
        _members.Clear();
        if (_server.Name.Length > 0)
            _members.Self = _name = _server.Name;
        if (_recorder is not null)
            _recorder.KnowsOwners = _server.KnowsOwners;
        foreach (var media in _media)
        {
            media.Cname = CnameOf(_name);
            if (media.Sender is { IsMuted: true })
                await _server.Client.TrySetpAsync(media.Service, "mute", "on", cancel);
        }

        await AnnounceAsync(cancel);
        _view.Tell($"* goes on at {Printable.Of(_server.Room.Host, 256)}");
    }

    private static string? Taken(ref string? value)
    {
        string? taken = value;
        value = null;
        return taken;
    }

    private void Tick()
    {
        bool second = ++_ticks % TicksPerSecond == 0;
        if (second || _introductions > 0)
            _media.ForEach(m => m.SendControl());
        _introductions = Math.Max(0, _introductions - 1);
        if (_recorder is not null)
            _media.ForEach(m => m.AskForKeyframes());
        if (!second)
            return;
        if (_recorder is not null)
            Record(_recorder);
        foreach (string trouble in _player?.TakeTroubles() ?? [])
            _view.Tell($"* no window any more of {trouble}");
        _media.ForEach(m => m.Tick(1));
        Show();
    }

    private void Record(Recorder recorder)
    {
        // Of an older server, nobody knows who is there.
        recorder.Present = _server.KnowsOwners ? _members.Snapshot() : null;
        foreach (var (member, file) in recorder.TakeBegun())
            _view.Tell($"* recording {member} into {file}");
        foreach (string trouble in recorder.TakeTroubles())
            _view.Tell($"* not recorded: {trouble}");
        bool isOwnerMissing = _server.KnowsOwners && _media.SelectMany(m => m.Sources.Read(s => s is { Owner: null, IsGone: false })).Any(isMissing => isMissing);
        if (isOwnerMissing && _listing.IsCompleted)
            _listing = ListOwnersAsync();
    }

    private async Task ListOwnersAsync()
    {
        try
        {
            _owners.Take(await _server.Client.ListAsync(_server.Room));
            _media.ForEach(m => m.Sources.Own(_owners.Find));
        }
        catch (QcvcException)
        {
            // The session is over, or the room does not answer just now: the next second asks again, and until then descriptions say who is who.
        }
    }

    private void Show() =>
        _view.Show(CallRow.Build(_members, [.. _media.Select(m => m.Sent).OfType<SentStream>()], _muted, [.. _media.SelectMany(m => m.Received())]));

    private async Task<IReadOnlyList<RecordingResult>> CloseAsync(FfmpegProcess? encoder)
    {
        if (encoder is not null)
            await encoder.DisposeAsync();
        _media.ForEach(m => m.SendControl(goodbye: true));
        foreach (var media in _media)
            await media.DisposeAsync();
        await _server.LeaveAsync();
        await _listing;
        if (_player is not null)
            await _player.FinishAsync();
        return _recorder is null ? [] : await _recorder.FinishAsync();
    }

    /// <summary>How a call ended.</summary>
    private sealed record CallEnd(string Why)
    {
        public bool Failed { get; init; }

        public bool PutOut { get; init; }
    }
}
