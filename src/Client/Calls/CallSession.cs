using System.Security.Cryptography;
using Conference.Client.Connections;
using Conference.Client.Media.Ffmpeg;
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

    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1) / TicksPerSecond;

    private readonly CallOptions _options;
    private readonly ICallView _view;
    private readonly CallMembers _members = new();
    private readonly CallServer _server;
    private readonly List<CallMedia> _media = [];
    private Recorder? _recorder;
    private string _name = "";
    private bool _isSentOn;
    private string? _sentTo;
    private string? _closed;
    private int _ticks;
    private int _introductions = Introductions;

    private CallSession(CallOptions options, ICallView view) => (_options, _view, _server) = (options, view, new CallServer(options));

    /// <exception cref="QcvcException">It could not be joined.</exception>
    /// <exception cref="FfmpegMissingException">It is needed and not there.</exception>
    public static Task<CallReport> RunAsync(CallOptions options, ICallView view, CancellationToken cancel = default) =>
        new CallSession(options, view).RunAsync(cancel);

    private async Task<CallReport> RunAsync(CancellationToken cancel)
    {
        bool sends = _options.Video is not null || _options.Audio is not null;
        string ffmpeg = sends || _options.RecordTo is not null ? FfmpegTool.Find() : "";
        await using var server = _server;
        FfmpegProcess? encoder = null;
        long start = _options.Clock.GetTimestamp();
        (string End, bool Failed) end = ("interrupted", false);
        try
        {
            await _server.ArriveAsync(cancel);
            _name = _options.SignIn is null ? $"anonymous-{RandomNumberGenerator.GetHexString(4, lowercase: true)}" : _server.Name;
            _recorder = _options.RecordTo is { } directory ? new Recorder(ffmpeg, directory, _options.Clock) : null;
            OpenMedia();
            await _server.ConnectAsync(_media, cancel);
            start = _options.Clock.GetTimestamp();
            if (sends)
                encoder = StartEncoder(ffmpeg);
            await AnnounceAsync(cancel);
            _view.Tell($"joined {_options.Room}");
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
            _options.Room.ToString(), _name, left - TimeSpan.FromSeconds(seconds), Math.Round(seconds, 3), end.End, end.Failed, _server.Moves,
            [.. _media.Select(m => m.Sent).OfType<SentStream>()], [.. _media.SelectMany(m => m.Received())], recordings,
            _media.Sum(m => m.Sources.Ignored), _recorder?.NotRecorded ?? 0);
    }

    private void OpenMedia()
    {
        var who = new SourceDescription(0, $"{_name}@{_options.Room.Endpoint}", RandomNumberGenerator.GetHexString(8, lowercase: true));
        _media.Add(new CallMedia(Service.Video, _options.Video?.Format, who, _recorder, _options.Clock));
        _media.Add(new CallMedia(Service.Audio, _options.Audio is null ? null : PayloadFormat.Opus, who, _recorder, _options.Clock));
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

    private async Task<(string End, bool Failed)> StayAsync(FfmpegProcess? encoder, long start, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(_tick, _options.Clock);
        var tick = timer.WaitForNextTickAsync(cancel).AsTask();
        var happened = _server.Client.Events.WaitToReadAsync(cancel).AsTask();
        var encoderGone = encoder?.Exited ?? Task.Delay(Timeout.Infinite, cancel);
        var over = _options.Duration is { } duration
            ? Task.Delay(duration - _options.Clock.GetElapsedTime(start) is { Ticks: > 0 } left ? left : TimeSpan.Zero, _options.Clock, cancel)
            : Task.Delay(Timeout.Infinite, cancel);
        while (true)
        {
            await Task.WhenAny(tick, happened, over, encoderGone);
            cancel.ThrowIfCancellationRequested();
            if (over.IsCompleted)
                return ("done", false);
            if (encoderGone.IsCompleted)
            {
                // Ctrl-C in a terminal goes to ffmpeg too, and its end may be seen before the signal itself.
                await Task.Delay(_tick, cancel);
                return ($"ffmpeg ended: {encoder!.LastMessage}", true);
            }

            if (happened.IsCompleted)
            {
                bool more = await happened;
                var news = TakeEvents();
                if (news.SentTo is { } host)
                    await FollowAsync(host, cancel);
                else if (!more && !await ComeBackAsync(news.Closed, cancel))
                    return (news.Closed is { } why ? $"421 {why}" : LostConnection, true);
                happened = _server.Client.Events.WaitToReadAsync(cancel).AsTask();
            }

            if (tick.IsCompleted)
            {
                Tick();
                tick = timer.WaitForNextTickAsync(cancel).AsTask();
            }
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
        if (!second)
            return;
        _media.ForEach(m => m.Sources.Tick(1));
        var streams = _media.SelectMany(m => m.Received()).ToArray();
        _view.Show(streams, _members.Except(streams.Select(s => s.Member).Append(_name)));
    }

    private async Task<IReadOnlyList<RecordingResult>> CloseAsync(FfmpegProcess? encoder)
    {
        if (encoder is not null)
            await encoder.DisposeAsync();
        _media.ForEach(m => m.SendControl(goodbye: true));
        foreach (var media in _media)
            await media.DisposeAsync();
        await _server.LeaveAsync();
        return _recorder is null ? [] : await _recorder.FinishAsync();
    }
}
