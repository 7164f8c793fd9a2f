using Conference.Media.Codecs;
using Conference.Media.Forwarding;
using Conference.Media.Layers;
using Conference.Media.Speech;
using Conference.Protocol.Rtp;

namespace Conference.Media.Streams;

/// <summary>
/// One RTP source, as everyone's receivers need it: its codec, its frames, what arrived, what may be asked for again.
/// </summary>
/// <remarks>Written by the loop its port lives on. Loops of receivers read single fields, each of which is whole at any time, and
/// the history, which says itself when it has changed under them.</remarks>
internal sealed class SourceStream(MediaPort port, uint shown)
{
    private DependencyDescriptor? _descriptor;
    private ReceptionStatistics _reception;
    private bool _isConfirmed;
    private uint _keyframeTimestamp;
    private bool _hasKeyframe;
    private byte _payloadType = 255;
    private int _implausible;
    private long _batch = -1;

    public MediaPort Port => port;

    /// <summary>The number the others know it by.</summary>
    public uint Shown => shown;

    public Codec Codec { get; private set; }

    public byte PayloadType => _payloadType;

    /// <summary>Frames can be told apart from packets, and keyframes from others.</summary>
    public bool HasKnownFrames => Codec is Codec.Vp8 or Codec.Vp9 or Codec.H264 or Codec.Av1 or Codec.Jpeg;

    /// <summary>It would know what to do when it is asked for a keyframe: one was seen, or nothing that speaks against its codec.</summary>
    public bool HasKeyframes => HasKnownFrames && (_isConfirmed || _reception.Packets > NewPackets);

    public LayerRates Rates { get; } = new();

    public KeyframeRequests Requests;

    /// <summary>Its port's qualities and its place among them, where its sender named it as one.</summary>
    public SimulcastGroup? Group { get; private set; }

    public int Layer { get; private set; } = -1;

    public PacketHistory? History { get; private set; }

    /// <summary>What may be sent again of it, to all receivers together.</summary>
    public RepairBudget Repairs;

    public SpeechActivity Speech { get; } = new();

    /// <summary>The room's <see cref="SpeakerBoard"/> knows it.</summary>
    public bool IsOnBoard { get; set; }

    public SenderReport? Report { get; private set; }

    /// <summary>It has sent for a while and not one keyframe that a receiver could begin with. True for one packet.</summary>
    public bool LacksBeginning => _reception.Packets == NewPackets + 1 && Keyframes == 0 && HasKnownFrames;

    /// <summary>It may have descriptors, of which none with the structure that explains them was seen.</summary>
    public bool LacksStructure => _descriptor is { HasStructure: false };

    /// <summary>A source with no more packets than this has only just begun.</summary>
    public const int NewPackets = 32;

    public long LastHeard { get; private set; }

    public long Keyframes { get; private set; }

    /// <summary>The highest sequence number before its last batch.</summary>
    public ushort HighestBefore { get; private set; }

    /// <summary>The highest sequence number that had been forwarded before a batch.</summary>
    public ushort ForwardedBefore(long batch) => _batch == batch ? HighestBefore : _reception.Highest;

    public ref readonly ReceptionStatistics Reception => ref _reception;

    /// <summary>Ticks a second of its timestamps.</summary>
    public int ClockRate => Codec != Codec.Audio ? Clock.VideoRate : _payloadType <= 23 ? 8_000 : 48_000;

    public bool IsGone { get; private set; }

    /// <summary>A packet has come: counts it and says what it is.</summary>
    public void Describe(in RtpPacket packet, ReadOnlySpan<byte> datagram, long batch, long now, out PacketFacts facts)
    {
        if (_batch != batch)
        {
            _batch = batch;
            HighestBefore = _reception.Packets == 0 ? (ushort)(packet.Sequence - 1) : _reception.Highest;
        }

        ReadOnlySpan<byte> payload = datagram.Slice(packet.PayloadOffset, packet.PayloadLength);
        facts = new PacketFacts
        {
            Source = this,
            Sequence = packet.Sequence,
            Timestamp = packet.Timestamp,
            Marker = packet.Marker,
            PayloadAt = packet.PayloadOffset,
            Frame = ReadFrame(packet, datagram, payload),
        };
        _reception.Packet(packet.Sequence, packet.Timestamp, datagram.Length, ClockRate, now);
        LastHeard = now;
        if (Codec == Codec.Audio)
            Speech.Packet(packet, datagram, now);
        else
            CountFrame(facts);
    }

    public void Keep(in PacketFacts facts, ReadOnlySpan<byte> datagram, PacketPool pool, long now) =>
        (History ??= new PacketHistory(pool)).Add(facts.Sequence, datagram, now);

    public void Join(SimulcastGroup? group, int layer)
    {
        if (Group == group)
            return;
        (Group, Layer) = (group, group is null ? -1 : layer);
        group?.Set(layer, this);
    }

    public void Reported(in SenderReport report) => Report = report;

    /// <summary>From any thread: each figure is whole, together they are about one moment.</summary>
    public SourceStatistics Statistics() => new(
        new Ssrc(shown),
        Codec switch
        {
            Codec.Unknown => "?",
            Codec.Audio => _payloadType switch { 0 => "PCMU", 8 => "PCMA", 111 => "opus", _ => "audio" },
            Codec.Jpeg => "JPEG",
            Codec codec => codec.ToString().ToUpperInvariant(),
        },
        _reception.Packets,
        _reception.Bytes,
        _reception.Lost,
        TimeSpan.FromSeconds(_reception.JitterTicks / ClockRate),
        _reception.KilobitsPerSecond,
        Codec == Codec.Audio ? 0 : Rates.UpTo(LayerRates.Layers - 1),
        Keyframes,
        Layer < 0 ? null : Layer);

    public void Forget()
    {
        IsGone = true;
        History?.Clear();
    }

    private FrameFacts ReadFrame(in RtpPacket packet, ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> payload)
    {
        if (packet.PayloadType != _payloadType)
        {
            _payloadType = packet.PayloadType;
            Codec = PayloadReader.Conventional(_payloadType);
            (_isConfirmed, _implausible) = (false, 0);
        }

        if (Codec == Codec.Audio || payload.IsEmpty)
            return default;
        bool isAv1 = PayloadReader.Conventional(_payloadType) == Codec.Av1 && packet.ExtensionLength > 0;
        if (isAv1 && (_descriptor ??= new DependencyDescriptor()).TryRead(packet, datagram, out FrameFacts facts))
        {
            // What it says holds even of a payload that is encrypted and looks like nothing.
            (Codec, _implausible) = (Codec.Av1, 0);
            _isConfirmed |= facts.Is(FrameMarks.Keyframe);
        }
        else if (PayloadReader.TryRead(Codec, payload, out facts))
        {
            _isConfirmed |= facts.Is(FrameMarks.Keyframe);
        }
        else
        {
            facts = new FrameFacts { Marks = FrameMarks.Auxiliary };
            int tolerated = _isConfirmed ? 16 : isAv1 ? 2 * NewPackets : 0;
            if (Codec != Codec.Unknown && ++_implausible > tolerated)
                (Codec, _isConfirmed) = (Codec.Unknown, false);
            if (Codec == Codec.Unknown && PayloadReader.Recognise(payload) is var codec and not Codec.Unknown)
            {
                (Codec, _isConfirmed, _implausible) = (codec, true, 0);
                PayloadReader.TryRead(codec, payload, out facts);
            }
        }

        // A keyframe is one in all its packets, though only the first says so.
        if (facts.Is(FrameMarks.Keyframe))
        {
            if (!_hasKeyframe || _keyframeTimestamp != packet.Timestamp)
            {
                Keyframes++;
                Requests.Served();
            }

            (_hasKeyframe, _keyframeTimestamp) = (true, packet.Timestamp);
        }
        else if (_hasKeyframe && packet.Timestamp == _keyframeTimestamp && HasKnownFrames)
        {
            facts.Marks |= FrameMarks.Keyframe;
        }

        return facts;
    }

    private void CountFrame(in PacketFacts facts)
    {
        // An auxiliary packet may come before its frame and knows no layer.
        if (!facts.Frame.Is(FrameMarks.Auxiliary) || Codec is Codec.Av1 or Codec.Unknown)
            Rates.Frame(facts.Timestamp, facts.Frame.TemporalLayer);
    }
}

/// <summary>The last sender report of a source: one moment on the sender's wall clock and on the source's own.</summary>
/// <param name="Ntp">RFC 3550 section 4: seconds since 1900 and fractions, 32 bits each.</param>
/// <param name="Timestamp">RTP ticks at that moment.</param>
/// <param name="At">When it arrived.</param>
internal sealed record SenderReport(ulong Ntp, uint Timestamp, long At);
