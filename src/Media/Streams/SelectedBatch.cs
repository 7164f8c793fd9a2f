using System.Buffers.Binary;
using Conference.Media.Forwarding;
using Conference.Media.Layers;
using Conference.Protocol.Rtp;

namespace Conference.Media.Streams;

/// <summary>What one receiver gets of one batch: the datagrams, rewritten where they lie, and what puts them back. Reused for every receiver.</summary>
internal sealed class SelectedBatch
{
    private const int MostAsks = 64;
    private const int MostReport = 2048;

    private Datagram[] _run = [];
    private Datagram[] _original = [];
    private Rewrite.Undo[] _undo = [];
    private byte[] _isRewritten = [];
    private readonly byte[] _report = new byte[MostReport];
    private readonly SourceStream?[] _asks = new SourceStream?[MostAsks];
    private readonly OutgoingTrack?[] _switched = new OutgoingTrack?[MostAsks];
    private int _count;
    private int _reportAt = -1;
    private int _askCount;
    private int _switchedCount;

    public ReadOnlySpan<Datagram> Run => _run.AsSpan(0, _count);

    /// <summary>Sources to ask for a keyframe.</summary>
    public ReadOnlySpan<SourceStream?> Asks => _asks.AsSpan(0, _askCount);

    /// <summary>Tracks that have changed their layer.</summary>
    public ReadOnlySpan<OutgoingTrack?> SwitchedTracks => _switched.AsSpan(0, _switchedCount);

    /// <param name="batch">How many datagrams may be added now.</param>
    public void Clear(int batch)
    {
        (_count, _askCount, _switchedCount, _reportAt) = (0, 0, 0, -1);
        if (_run.Length >= batch)
            return;
        int capacity = Math.Max(batch, 64);
        (_run, _original) = (new Datagram[capacity], new Datagram[capacity]);
        (_undo, _isRewritten) = (new Rewrite.Undo[capacity], new byte[capacity]);
    }

    public void Ask(SourceStream source)
    {
        if (_askCount < MostAsks && !Asks.Contains(source))
            _asks[_askCount++] = source;
    }

    public void Switched(OutgoingTrack track)
    {
        if (_switchedCount < MostAsks)
            _switched[_switchedCount++] = track;
    }

    public void AddUntouched(in Datagram datagram)
    {
        _isRewritten[_count] = 0;
        _run[_count++] = datagram;
    }

    public void Add(Span<byte> slab, in Datagram datagram, in Rewrite rewrite)
    {
        rewrite.Apply(datagram.In(slab), datagram.Facts, out _undo[_count]);
        _isRewritten[_count] = 1;
        _original[_count] = datagram;
        _run[_count] = datagram;
        if (rewrite.IsFiller)
            _run[_count].Length = Rewrite.FillerLength;
        _count++;
    }

    /// <summary>A sender's report: as it is where its streams are, in the track's numbers where they are changed, and not at all where it is
    /// about a layer the receiver does not see.</summary>
    public void AddReport(Span<byte> slab, in Datagram datagram, OutgoingTracks tracks)
    {
        Span<byte> bytes = datagram.In(slab);
        if (!RtcpCompound.TryParse(bytes, out RtcpCompound compound))
            return;
        OutgoingTrack? about = null;
        foreach (RtcpPacket packet in compound)
        {
            if (packet.Length < 8)
                continue;
            uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(bytes[(packet.Offset + 4)..]);
            foreach (OutgoingTrack track in tracks.Snapshot)
            {
                if (track.Group is { } group && IsHidden(group, track, ssrc))
                    return;
                if (track.Current?.Shown == ssrc)
                    about = track;
            }
        }

        // One rewritten report a batch; senders send one in seconds.
        if (about is null || bytes.Length > MostReport || _reportAt >= 0)
        {
            AddUntouched(datagram);
            return;
        }

        bytes.CopyTo(_report);
        _reportAt = _count;
        _isRewritten[_count] = 2;
        _run[_count++] = datagram;
        TrackReport.Rewrite(bytes, about);
    }

    public void Restore(Span<byte> slab)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_isRewritten[i] == 1)
                Rewrite.Restore(_original[i].In(slab), _undo[i]);
            else if (_isRewritten[i] == 2)
                _report.AsSpan(0, _run[i].Length).CopyTo(_run[i].In(slab));
        }
    }

    private static bool IsHidden(SimulcastGroup group, OutgoingTrack track, uint ssrc)
    {
        for (int layer = 0; layer < group.Layers.Length; layer++)
        {
            if (group[layer] is { } stream && stream.Shown == ssrc && stream != track.Current)
                return true;
        }

        return false;
    }
}
