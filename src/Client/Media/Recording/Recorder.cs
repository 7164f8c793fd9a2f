using Conference.Client.Media.Rtp;
using Conference.Protocol;

namespace Conference.Client.Media.Recording;

/// <summary>
/// Gathers sources into members and members into files, or into windows. A source waits (its packets kept) until its name is known and its
/// member's other service has come, or neither came in time; then the recording starts with all of it. Thread-safe.
/// </summary>
public sealed class Recorder : IAsyncDisposable
{
    /// <summary>Files at once; more members than that are not recorded, and said so.</summary>
    public const int MaxFiles = 64;

    /// <summary>Files told of at the end: enough for weeks, and a bound.</summary>
    private const int MaxResults = 100_000;

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _waitForPartner = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _waitForName = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _leastOfACodec = TimeSpan.FromSeconds(2);

    private readonly Func<RecordingSubject, MemberOutput> _open;
    private readonly int _most;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Dictionary<RtpSource, RecordedTrack> _tracks = [];
    private readonly List<RecordedTrack> _waiting = [];
    private readonly List<MemberRecording> _running = [];
    private readonly List<RecordingResult> _finished = [];
    private readonly HashSet<MemberRecording> _ending = [];
    private readonly List<Task> _retired = [];
    private readonly HashSet<MemberRecording> _told = [];
    private readonly HashSet<MemberRecording> _begun = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _gathering;
    private volatile IReadOnlySet<string>? _present;

    /// <exception cref="IOException">Nothing can be written in the directory.</exception>
    /// <exception cref="UnauthorizedAccessException">Nothing may be.</exception>
    public Recorder(string ffmpeg, RecordOptions options, TimeProvider clock)
        : this(ToFiles(ffmpeg, options, RecordingFiles.Prepare(options.Directory)), MaxFiles, clock)
    {
    }

    /// <param name="open">Makes what a member's streams go to.</param>
    /// <param name="most">Members at once.</param>
    /// <param name="clock">Of the call.</param>
    internal Recorder(Func<RecordingSubject, MemberOutput> open, int most, TimeProvider clock)
    {
        _open = open;
        _most = most;
        _clock = clock;
        _gathering = Task.Run(GatherAsync);
    }

    /// <summary>Sources of unknown payload types, or beyond what there is place for.</summary>
    public int NotRecorded { get; private set; }

    /// <summary>The server says whose sources are, which is worth waiting for: a description is a sender's own word.</summary>
    public bool KnowsOwners { get; set; }

    /// <summary>Who is in the room: the file of who is not, and falls silent, ends. Null where that is not known.</summary>
    public IReadOnlySet<string>? Present
    {
        set => _present = value;
    }

    /// <summary>Files that have begun since this was asked last, with the member of each.</summary>
    public IReadOnlyList<(string Member, string File)> TakeBegun()
    {
        lock (_lock)
            return [.. _running.Where(r => r.Path.Length > 0 && _begun.Add(r)).Select(r => (r.Member, r.Path))];
    }

    /// <summary>What has gone wrong since this was asked last, a sentence about each member.</summary>
    public IReadOnlyList<string> TakeTroubles()
    {
        lock (_lock)
        {
            return [.. _running.Where(r => r.Error is not null && _told.Add(r)).Select(r => $"{r.Member}: {r.Error}")];
        }
    }

    /// <param name="source">Whose packet it is.</param>
    /// <param name="datagram">An RTP packet.</param>
    /// <param name="arrival">When it came.</param>
    public void Add(RtpSource source, ReadOnlySpan<byte> datagram, long arrival)
    {
        RecordedTrack? track;
        lock (_lock)
        {
            if (_stop.IsCancellationRequested)
                return;
            bool isBesideIt = source.Format is not null && (datagram[1] & 0x7F) != source.PayloadType;
            if (isBesideIt)
                return;
            if (_tracks.TryGetValue(source, out track) && track is not null && track.Format != source.Format)
            {
                // A sender that takes another codec at every packet must not cost a file each time.
                if (_clock.GetElapsedTime(track.FirstArrival, arrival) < _leastOfACodec)
                    return;
                End(_running.Find(r => r.Tracks.Contains(track)) ?? Start([track]));
            }

            if (track is null && source.Format is not null)
                _tracks.Remove(source);
            if (!_tracks.TryGetValue(source, out track))
            {
                if (source.Format is null || _waiting.Count + _running.Count >= _most)
                {
                    if (_tracks.Count < RtpSourceTable.MaxSources && _tracks.TryAdd(source, null!))
                        NotRecorded++;
                    return;
                }

                track = new RecordedTrack(source, source.Format, arrival);
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
        Task[] ending;
        lock (_lock)
            ending = [.. _retired, .. _running.Select(FinishAsync)];
        // A file that was only just begun gets the moment it needs to begin.
        await Task.WhenAll(ending);
        lock (_lock)
            return [.. _finished];
    }

    public async ValueTask DisposeAsync()
    {
        await FinishAsync();
        _stop.Dispose();
    }

    private static Func<RecordingSubject, MemberOutput> ToFiles(string ffmpeg, RecordOptions options, string directory) =>
        of => new FileOutput(ffmpeg, directory, of.FileName + (options.IsWhole ? RecordingFiles.Dated(of.Start) : ""));

    private async Task GatherAsync()
    {
        using var timer = new PeriodicTimer(_look, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                StartDue(everything: false);
                lock (_lock)
                {
                    _retired.RemoveAll(r => r.IsCompleted);
                    foreach (var over in Over())
                        End(over);
                }
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
                // At most one track of each kind; a second picture of one member gets its own file.
                var tracks = group.GroupBy(t => t.Format.Service).Select(g => g.First()).ToArray();
                if (!everything && !IsDue(tracks))
                    continue;
                Start(tracks);
            }
        }
    }

    private MemberRecording Start(RecordedTrack[] tracks)
    {
        _waiting.RemoveAll(tracks.Contains);
        var start = _clock.GetUtcNow() - _clock.GetElapsedTime(tracks.Min(t => t.FirstArrival));
        var recording = new MemberRecording(_open, new RecordingSubject(MemberOf(tracks[0].Source), ScreenOf(tracks[0]), start), tracks, _clock);
        _running.Add(recording);
        return recording;
    }

    private bool IsDue(RecordedTrack[] tracks)
    {
        var age = _clock.GetElapsedTime(tracks.Min(t => t.FirstArrival));
        var source = tracks[0].Source;
        bool isNamed = source.Owner is not null || (source.Description is not null && !KnowsOwners);
        return isNamed ? tracks.Length > 1 || age > _waitForPartner : age > _waitForName;
    }

    private static string MemberOf(RtpSource source) =>
        source.Owner is null && source.Description is null ? $"unknown-{source.Ssrc:x8}" : source.Member;

    /// <summary>Empty for a member's camera and microphone.</summary>
    private static string ScreenOf(RecordedTrack track) =>
        track.Source.Service == Service.Video || track.Source.Service == Service.Audio ? "" : track.Source.Service.ToString();

    private static (string Member, string Session, uint Ssrc, string Screen) MemberKey(RecordedTrack track) => track.Source switch
    {
        { Owner: { } owner } => (owner.Name, $"{owner.Session}", 0, ScreenOf(track)),
        { Description: { } known } => (known.Cname, known.Session, 0, ScreenOf(track)),
        var unknown => ("", "", unknown.Ssrc, ""),
    };

    /// <summary>Those that are to end, and do not yet.</summary>
    private MemberRecording[] Over()
    {
        var present = _present;
        return [.. _running.Where(r => !_ending.Contains(r) && r.IsOver(member => present is null || present.Contains(member)))];
    }

    private void End(MemberRecording recording)
    {
        // Of who has said goodbye a packet may be late, which is no new beginning. Otherwise what comes while the file is made whole belongs to the next.
        foreach (var track in recording.Tracks.Where(t => !t.Source.IsGone))
            Forget(track);
        _ending.Add(recording);
        _retired.Add(FinishAsync(recording));
    }

    private void Forget(RecordedTrack track)
    {
        if (_tracks.TryGetValue(track.Source, out var known) && known == track)
            _tracks.Remove(track.Source);
    }

    private async Task FinishAsync(MemberRecording recording)
    {
        await recording.DisposeAsync();
        lock (_lock)
        {
            if (!_running.Remove(recording))
                return;
            _told.Remove(recording);
            _begun.Remove(recording);
            _ending.Remove(recording);
            if (_finished.Count < MaxResults)
                _finished.Add(recording.Result());
            foreach (var track in recording.Tracks)
                Forget(track);
        }
    }
}
