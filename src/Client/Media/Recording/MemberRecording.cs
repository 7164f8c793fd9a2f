using System.Globalization;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Rtp;
using Conference.Protocol;

namespace Conference.Client.Media.Recording;

/// <summary>One member's streams to a program of their own: into a file, or to a window.</summary>
internal sealed class MemberRecording : IAsyncDisposable
{
    private const int MaxAttempts = 5;

    private static readonly TimeSpan _turn = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _unnoticed = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _rest = TimeSpan.FromSeconds(10);

    private readonly Func<RecordingSubject, MemberOutput> _open;
    private readonly RecordingSubject _subject;
    private readonly IReadOnlyList<RecordedTrack> _tracks;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private MemberOutput? _output;
    private long _failed;

    /// <param name="open">Makes what the streams go to.</param>
    /// <param name="subject">Whose they are.</param>
    /// <param name="tracks">The streams.</param>
    /// <param name="clock">Of the call.</param>
    public MemberRecording(Func<RecordingSubject, MemberOutput> open, RecordingSubject subject, IReadOnlyList<RecordedTrack> tracks, TimeProvider clock)
    {
        _open = open;
        _subject = subject;
        _tracks = tracks;
        _clock = clock;
        _running = Task.Run(RunAsync);
    }

    public string Member => _subject.Member;

    /// <summary>Empty before there is a file, and where there can be none.</summary>
    public string Path => _output?.Path ?? "";

    public IReadOnlyList<RecordedTrack> Tracks => _tracks;

    /// <summary>Null when all went well.</summary>
    public string? Error { get; private set; }

    /// <summary>
    /// Every one of its sources has said goodbye, or is silent and its member not in the room any more; or it failed a while ago, and is to be tried again.
    /// </summary>
    /// <param name="isPresent">Whether a member is in the room.</param>
    public bool IsOver(Func<string, bool> isPresent) =>
        (_running.IsCompleted && _output is null or { IsTriedAgain: true } && _clock.GetElapsedTime(_failed) > _rest)
        || _tracks.All(t => t.Source.IsGone || (_clock.GetElapsedTime(t.Source.LastArrival) > _silence && !isPresent(Member)));

    /// <summary>Ends the file and waits until it is whole. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public RecordingResult Result() => new(
        Member,
        Path,
        [.. _tracks.Select(t => t.Source.Service.ToString())],
        _subject.Start,
        Math.Round(_clock.GetElapsedTime(_tracks.Min(t => t.FirstArrival), _tracks.Max(t => t.LastArrival)).TotalSeconds, 3),
        _tracks.Sum(t => t.Written),
        _tracks.Sum(t => t.Dropped),
        Error)
    {
        HasPicture = _tracks.Any(t => t.Format.Service == Service.Video),
        HasSound = _tracks.Any(t => t.Format.Service == Service.Audio),
    };

    private async Task RunAsync()
    {
        try
        {
            _output = _open(_subject);
            if (_output.ReadsReports)
                PlaceBeginnings();
            else
                AlignBeginnings();
            for (int attempt = 1; !await RunOnceAsync(); attempt++)
            {
                // What is in the file stays: only one that never began is begun again.
                if (attempt == MaxAttempts || _stop.IsCancellationRequested || _output.HasBegun)
                    return;
            }

            Error = null;
        }
        catch (Exception e) when (e is IOException or FfmpegMissingException or System.Net.Sockets.SocketException or UnauthorizedAccessException)
        {
            Error = e.Message;
        }
        finally
        {
            _failed = _clock.GetTimestamp();
            foreach (var track in _tracks)
                track.Dispose();
            if (_output is { Path.Length: > 0, HasBegun: false })
            {
                File.Delete(_output.Path);
                Error ??= "nothing was written";
            }
        }
    }

    private void PlaceBeginnings()
    {
        var starts = TrackStart.Common([.. _tracks.Select(t => t.Start(at => (double)at / _clock.TimestampFrequency))]);
        foreach (var (track, start) in _tracks.Zip(starts))
            track.Place(start.Timestamp, start.Sent);
    }

    /// <summary>
    /// Without sender reports ffmpeg takes the streams' first packets for simultaneous, so they begin together: but the first picture,
    /// which is a whole one when its sender has just begun, is worth an offset nobody notices.
    /// </summary>
    private void AlignBeginnings()
    {
        long begin = _tracks.Max(t => t.FirstArrival);
        foreach (var track in _tracks)
        {
            bool keep = track.Format.Service == Service.Video && _clock.GetElapsedTime(track.FirstArrival, begin) < _unnoticed;
            if (!keep)
                track.DropBefore(begin);
        }
    }

    /// <returns>False when ffmpeg ended before it was asked to: most likely a stranger took its port.</returns>
    private async Task<bool> RunOnceAsync()
    {
        int[] ports = PortPairs.Find(_tracks.Count);
        string sdp = System.IO.Path.Combine(System.IO.Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"qcvc-{Guid.NewGuid():N}.sdp"));
        (PayloadFormat Format, int Port)[] streams = [.. _tracks.Zip(ports, (t, p) => (t.Format, p))];
        await File.WriteAllTextAsync(sdp, SdpDescription.Build(streams));
        try
        {
            await using var process = FfmpegProcess.Start(_output!.Program, _output.Arguments(sdp, streams));
            bool fed = await FeedAsync(process, ports);
            if (fed && !_stop.IsCancellationRequested)
                await Task.WhenAny(process.Exited, Task.Delay(Timeout.Infinite, _stop.Token));
            if (!await IsStoppingAsync())
            {
                Error = process.IsClosed ? "it was closed" : $"{System.IO.Path.GetFileName(_output.Program)} ended early: {process.LastMessage}";
                return false;
            }

            if (!fed)
                throw new IOException(process.HasExited ? process.LastMessage : "ffmpeg did not begin in time");
            foreach (var track in _tracks)
                track.SendGoodbye();
            await process.StopAsync(_output.TimeToEnd, TimeSpan.FromSeconds(2));
            if (_output.IsTriedAgain && process.HasFailed)
                throw new IOException($"the file's end is missing: {process.LastMessage}");
            return true;
        }
        finally
        {
            File.Delete(sdp);
            foreach (var track in _tracks)
                track.Detach();
        }
    }

    /// <summary>Ctrl-C in a terminal goes to ffmpeg too, which may end a moment before the call does.</summary>
    private async Task<bool> IsStoppingAsync()
    {
        await Task.Delay(_grace, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _stop.IsCancellationRequested;
    }

    /// <summary>Waits until ffmpeg listens, then hands it what has waited, a little at a time.</summary>
    private async Task<bool> FeedAsync(FfmpegProcess process, int[] ports)
    {
        long start = _clock.GetTimestamp();
        var unheard = Enumerable.Range(0, _tracks.Count).ToList();
        while (unheard.Count > 0)
        {
            unheard.RemoveAll(i => _tracks[i].Probe(ports[i]));
            if (process.HasExited || _clock.GetElapsedTime(start) > (_stop.IsCancellationRequested ? _stopLimit : _startLimit))
                return false;
            await Task.Delay(_turn);
        }

        while (_tracks.Count(t => t.FlushSome()) < _tracks.Count)
            await Task.Delay(_turn);
        return true;
    }
}
