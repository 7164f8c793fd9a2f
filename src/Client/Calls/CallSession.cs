using System.Security.Cryptography;
using Conference.Client.Connections;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Recording;
using Conference.Client.Media.Rtp;
using Conference.Protocol;

namespace Conference.Client.Calls;

/// <summary>
/// One call from HELO to QUIT: joins, sends through ffmpeg, listens, records. Ends after its time, when cancelled, or when the server
/// or ffmpeg does; whatever the end, ffmpeg is stopped and the files are whole when it returns.
/// </summary>
public sealed class CallSession
{
    private const int TicksPerSecond = 4;

    /// <summary>Ticks after somebody joined at which this client says again who it is: the newcomer's port opens a moment after the news.</summary>
    private const int Introductions = 3;

    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1) / TicksPerSecond;

    private readonly CallOptions _options;
    private readonly ICallView _view;
    private readonly CallMembers _members = new();
    private readonly List<CallMedia> _media = [];
    private Recorder? _recorder;
    private string _name = "";
    private int _ticks;
    private int _introductions = Introductions;

    private CallSession(CallOptions options, ICallView view) => (_options, _view) = (options, view);

    /// <exception cref="QcvcException">It could not be joined.</exception>
    /// <exception cref="FfmpegMissingException">It is needed and not there.</exception>
    public static Task<CallReport> RunAsync(CallOptions options, ICallView view, CancellationToken cancel = default) =>
        new CallSession(options, view).RunAsync(cancel);

    private async Task<CallReport> RunAsync(CancellationToken cancel)
    {
        bool sends = _options.Video is not null || _options.Audio is not null;
        string ffmpeg = sends || _options.RecordTo is not null ? FfmpegTool.Find() : "";
        await using var client = await QcvcClient.ConnectAsync(_options.Room, _options.Connection with { Clock = _options.Clock }, cancel);
        FfmpegProcess? encoder = null;
        long start = _options.Clock.GetTimestamp();
        (string End, bool Failed) end = ("interrupted", false);
        try
        {
            _name = await EnterAsync(client, cancel);
            _recorder = _options.RecordTo is { } directory ? new Recorder(ffmpeg, directory, _options.Clock) : null;
            await ConnectAsync(client, cancel);
            start = _options.Clock.GetTimestamp();
            if (sends)
                encoder = StartEncoder(ffmpeg);
            await AnnounceAsync(client, cancel);
            end = await StayAsync(client, encoder, start, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The user had enough: a clean end like any other.
        }
        catch
        {
            await CloseAsync(client, encoder);
            throw;
        }

        var left = _options.Clock.GetUtcNow();
        double seconds = _options.Clock.GetElapsedTime(start).TotalSeconds;
        var recordings = await CloseAsync(client, encoder);
        return new CallReport(
            _options.Room.ToString(), _name, left - TimeSpan.FromSeconds(seconds), Math.Round(seconds, 3), end.End, end.Failed,
            [.. _media.Select(m => m.Sent).OfType<SentStream>()], [.. _media.SelectMany(m => m.Received())], recordings,
            _media.Sum(m => m.Sources.Ignored), _recorder?.NotRecorded ?? 0);
    }

    /// <summary>AUTH, HELO and what a newer server can do beyond; an older one may not know it.</summary>
    private async Task<string> EnterAsync(QcvcClient client, CancellationToken cancel)
    {
        string name = _options.SignIn is { } signIn
            ? await signIn.SayAsync(client, cancel)
            : $"anonymous-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
        if (!await client.HeloAsync(_options.Room.Target, cancel))
            throw new QcvcException($"{Printable.Of(_options.Room.Name, 64)} is not here");
        await Task.WhenAll(
            client.TrySetpAsync(Service.Session, "events", "on", cancel),
            client.TrySetpAsync(Service.Chat, "sender", "on", cancel));
        return name;
    }

    private async Task ConnectAsync(QcvcClient client, CancellationToken cancel)
    {
        var who = new SourceDescription(0, $"{_name}@{_options.Room.Endpoint}", RandomNumberGenerator.GetHexString(8, lowercase: true));
        var sound = _options.Audio is null ? null : PayloadFormat.Opus;
        _media.Add(await CallMedia.ConnectAsync(client, _options, Service.Video, _options.Video?.Format, who, _recorder, cancel));
        _media.Add(await CallMedia.ConnectAsync(client, _options, Service.Audio, sound, who, _recorder, cancel));
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

    private async Task AnnounceAsync(QcvcClient client, CancellationToken cancel)
    {
        _media.ForEach(m => m.SendControl());
        try
        {
            _members.Add(await client.ListAsync(_options.Room.Target, cancel));
        }
        catch (QcvcException e) when (e.Reply is not null)
        {
            // A server without LIST: the members show themselves.
        }

        _view.Tell($"joined {_options.Room}");
    }

    private async Task<(string End, bool Failed)> StayAsync(QcvcClient client, FfmpegProcess? encoder, long start, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(_tick, _options.Clock);
        var tick = timer.WaitForNextTickAsync(cancel).AsTask();
        var happened = client.Events.WaitToReadAsync(cancel).AsTask();
        var encoderGone = encoder?.Exited ?? Task.Delay(Timeout.Infinite, cancel);
        var over = _options.Duration is { } duration
            ? Task.Delay(duration - _options.Clock.GetElapsedTime(start) is { Ticks: > 0 } left ? left : TimeSpan.Zero, _options.Clock, cancel)
            : Task.Delay(Timeout.Infinite, cancel);
        string reason = "the connection was lost";
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
                reason = TakeEvents(client) ?? reason;
                if (!more)
                    return (reason, true);
                happened = client.Events.WaitToReadAsync(cancel).AsTask();
            }

            if (tick.IsCompleted)
            {
                Tick();
                tick = timer.WaitForNextTickAsync(cancel).AsTask();
            }
        }
    }

    /// <returns>Why the server closes, when it does.</returns>
    private string? TakeEvents(QcvcClient client)
    {
        string? reason = null;
        bool joined = false;
        while (client.Events.TryRead(out var happened))
        {
            if (_members.Apply(happened) is { } line)
                _view.Tell(line);
            joined |= happened is ServerEvent.Joined;
            reason = happened is ServerEvent.Closing closing ? $"421 {Printable.Of(closing.Reason)}" : reason;
        }

        if (joined)
            _introductions = Introductions;
        return reason;
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

    private async Task<IReadOnlyList<RecordingResult>> CloseAsync(QcvcClient client, FfmpegProcess? encoder)
    {
        if (encoder is not null)
            await encoder.DisposeAsync();
        _media.ForEach(m => m.SendControl(goodbye: true));
        foreach (var media in _media)
            await media.DisposeAsync();
        using (var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2)))
        {
            try
            {
                await client.QuitAsync(soon.Token);
            }
            catch (Exception e) when (e is QcvcException or OperationCanceledException)
            {
                // It is gone, or does not answer: nothing more to say to it.
            }
        }

        return _recorder is null ? [] : await _recorder.FinishAsync();
    }
}
