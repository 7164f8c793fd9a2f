using Conference.Client.Media.Rtp;

namespace Conference.Client.Media.Recording;

/// <summary>
/// Gathers sources into members and members into files, or into windows. A source waits (its packets kept) until its name is known and its
/// member's other service has come, or neither came in time; then the recording starts with all of it. Thread-safe.
/// </summary>
public sealed class Recorder : IAsyncDisposable
{
    /// <summary>Files at once; more members than that are not recorded, and said so.</summary>
    public const int MaxFiles = 64;

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _waitForPartner = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _waitForName = TimeSpan.FromSeconds(3);

    private readonly Func<string, MemberOutput> _open;
    private readonly int _most;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Dictionary<RtpSource, RecordedTrack> _tracks = [];
    private readonly List<RecordedTrack> _waiting = [];
    private readonly List<MemberRecording> _running = [];
    private readonly List<RecordingResult> _finished = [];
    private readonly HashSet<MemberRecording> _told = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _gathering;

    /// <exception cref="IOException">The directory cannot be made.</exception>
    public Recorder(string ffmpeg, string directory, TimeProvider clock)
        : this(ToFiles(ffmpeg, Directory.CreateDirectory(directory).FullName), MaxFiles, clock)
    {
    }

    /// <param name="open">Makes what a member's streams go to, of the name.</param>
    /// <param name="most">Members at once.</param>
    /// <param name="clock">Of the call.</param>
    internal Recorder(Func<string, MemberOutput> open, int most, TimeProvider clock)
    {
        _open = open;
        _most = most;
        _clock = clock;
        _gathering = Task.Run(GatherAsync);
    }

    /// <summary>Sources of unknown payload types, or beyond what there is place for.</summary>
    public int NotRecorded { get; private set; }

    /// <summary>What has gone wrong since this was asked last, a sentence about each member.</summary>
    public IReadOnlyList<string> TakeTroubles()
    {
        lock (_lock)
        {
            return [.. _running.Where(r => r.Error is not null && _told.Add(r)).Select(r => $"{r.Member}: {r.Error}")];
        }
    }

    public void Add(RtpSource source, ReadOnlySpan<byte> datagram, long arrival)
    {
        RecordedTrack? track;
        lock (_lock)
        {
            if (_stop.IsCancellationRequested)
                return;
            if (!_tracks.TryGetValue(source, out track))
            {
                if (source.Format is null || _waiting.Count + _running.Count >= _most)
                {
                    if (_tracks.Count < RtpSourceTable.MaxSources && _tracks.TryAdd(source, null!))
                        NotRecorded++;
                    return;
                }

                track = new RecordedTrack(source, arrival);
                _tracks.Add(source, track);
                _waiting.Add(track);
            }
        }

        track?.Add(datagram, arrival);
    }

    /// <summary>Ends every file and waits until each is whole.</summary>
    public async Task<IReadOnlyList<RecordingResult>> FinishAsync()
    {
        await _stop.CancelAsync();
        await _gathering;
        StartDue(everything: true);
        MemberRecording[] running;
        lock (_lock)
            running = [.. _running];
        // A file that was only just begun gets the moment it needs to begin.
        await Task.WhenAll(running.Select(FinishAsync));
        lock (_lock)
            return [.. _finished];
    }

    public async ValueTask DisposeAsync()
    {
        await FinishAsync();
        _stop.Dispose();
    }

    private static Func<string, MemberOutput> ToFiles(string ffmpeg, string directory) => member => new FileOutput(ffmpeg, directory, member);

    private async Task GatherAsync()
    {
        using var timer = new PeriodicTimer(_look, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                StartDue(everything: false);
                foreach (var over in Over())
                    await FinishAsync(over);
            }
        }
        catch (OperationCanceledException)
        {
            // The call ends.
        }
    }

    private void StartDue(bool everything)
    {
        lock (_lock)
        {
            foreach (var group in _waiting.GroupBy(MemberKey).ToArray())
            {
                // At most one track of each service; a second video of one member gets its own file.
                var tracks = group.GroupBy(t => t.Source.Service).Select(g => g.First()).ToArray();
                if (!everything && !IsDue(tracks))
                    continue;
                _waiting.RemoveAll(tracks.Contains);
                string member = tracks[0].Source.Description is null ? $"unknown-{tracks[0].Source.Ssrc:x8}" : tracks[0].Source.Member;
                _running.Add(new MemberRecording(_open(member), member, tracks, _clock));
            }
        }
    }

    private bool IsDue(RecordedTrack[] tracks)
    {
        var age = _clock.GetElapsedTime(tracks.Min(t => t.FirstArrival));
        return tracks[0].Source.Description is null ? age > _waitForName : tracks.Length > 1 || age > _waitForPartner;
    }

    private static (string Cname, string Session, uint Ssrc) MemberKey(RecordedTrack track) =>
        track.Source.Description is { } known ? (known.Cname, known.Session, 0) : ("", "", track.Source.Ssrc);

    private MemberRecording[] Over()
    {
        lock (_lock)
            return [.. _running.Where(r => r.IsOver)];
    }

    private async Task FinishAsync(MemberRecording recording)
    {
        await recording.DisposeAsync();
        lock (_lock)
        {
            if (!_running.Remove(recording))
                return;
            _told.Remove(recording);
            _finished.Add(recording.Result());
            foreach (var track in recording.Tracks)
                _tracks.Remove(track.Source);
        }
    }
}
