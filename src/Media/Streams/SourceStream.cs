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
internal sealed class SourceStream
{
    /// <summary>A codec of which no keyframe has come by then is not what the payload type says.</summary>
    public const long Trial = 2 * Clock.Second;

    // Single packets may be damaged; more than these are another codec's.
    private const int MostImplausible = 16;

    private DependencyDescriptor? _descriptor;
    private ReceptionStatistics _reception;
    private uint _keyframeTimestamp;
    private bool _hasKeyframe;
    private byte _payloadType = 255;
    private long _typeSince;
    private long _typeHeard;
    private int _implausible;
    private long _batch = -1;
    private uint _lastTimestamp;
    private uint _parametersTimestamp;
    private bool _hasParameters;

    /// <param name="port">Whose it is.</param>
    /// <param name="shown">The number the others know it by.</param>
    /// <param name="opening">What came of it before it was believed.</param>
    public SourceStream(MediaPort port, uint shown, in StreamOpening opening)
    {
        (Port, Shown) = (port, shown);
        if (opening.Codec == Codec.Unknown)
            return;
        Try(opening.PayloadType, opening.At);
        _typeHeard = opening.At;
        Prove(opening.Codec);
        if (opening.IsKeyframe)
            BeginKeyframe(opening.Timestamp, opening.At);
    }

    public MediaPort Port { get; }

    /// <summary>The number the others know it by.</summary>
    public uint Shown { get; }

    /// <summary>By its keyframes; before the first, for as long as <see cref="Trial"/>, by its payload type.</summary>
    public Codec Codec { get; private set; }

    /// <summary>A keyframe of the codec was seen; of sound, the payload type is enough.</summary>
    public bool IsProven { get; private set; }

    public byte PayloadType => _payloadType;

    /// <summary>Frames can be told apart from packets, and keyframes from others.</summary>
    public bool HasKnownFrames => IsProven && Codec != Codec.Audio;

    /// <summary>It would know what to do when it is asked for a keyframe: one was seen, or nothing that speaks against its codec.</summary>
    public bool HasKeyframes => IsPicture && (IsProven || _reception.Packets > NewPackets);

    /// <summary>Something was in its packets, and not only padding.</summary>
    public bool HasPayload { get; private set; }

    /// <summary>Its sender has said goodbye, and has sent nothing since.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>H.264 whose parameter sets do not always stand before an IDR.</summary>
    public bool IsOpenGop { get; private set; }

    /// <summary>Whether keyframes may be counted on.</summary>
    public KeyframeSupply Supply;

    public LayerRates Rates { get; } = new();

    /// <summary>Its frames are layered, so that fewer of them still make a picture.</summary>
    public bool IsLayered => HasKnownFrames && Rates.Highest > 0;

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
    public bool LacksBeginning => _reception.Packets == NewPackets + 1 && Keyframes == 0 && IsPicture;

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

    private bool IsPicture => Codec is not (Codec.Unknown or Codec.Audio);

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
            Frame = ReadFrame(packet, datagram, payload, now),
        };
        _reception.Packet(packet.Sequence, packet.Timestamp, datagram.Length, ClockRate, now);
        (LastHeard, HasLeft) = (now, false);
        if (Codec == Codec.Audio)
            Speech.Packet(packet, datagram, now);
        else
            CountFrame(facts, datagram.Length);
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
        new Ssrc(Shown),
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

    /// <summary>What a payload of it says that is sent again.</summary>
    public FrameFacts Reread(ReadOnlySpan<byte> payload)
    {
        FrameFacts facts = default;
        if (IsProven)
            PayloadReader.TryRead(Codec, payload, out facts);
        return facts;
    }

    public void Leave() => HasLeft = true;

    public void Forget()
    {
        IsGone = true;
        History?.Clear();
    }

    private FrameFacts ReadFrame(in RtpPacket packet, ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> payload, long now)
    {
        var auxiliary = new FrameFacts { Marks = FrameMarks.Auxiliary };
        if (packet.PayloadType != _payloadType)
        {
            if (IsBeside(packet.PayloadType, payload, now))
                return auxiliary;
            Try(packet.PayloadType, now);
        }

        _typeHeard = now;
        if (payload.IsEmpty)
            return auxiliary;
        HasPayload = true;
        if (Codec == Codec.Audio || !TryReadFrame(packet, datagram, payload, now, out FrameFacts facts))
            return default;

        // A keyframe is one in all its packets, though only the first says so.
        if (facts.Is(FrameMarks.Keyframe))
            BeginKeyframe(packet.Timestamp, now);
        else if (_hasKeyframe && packet.Timestamp == _keyframeTimestamp)
            facts.Marks |= FrameMarks.Keyframe;
        if (Codec == Codec.H264)
            FollowParameters(packet.Timestamp, facts);
        return facts;
    }

    /// <summary>Another payload type among those of a proven codec: error correction, or the like.</summary>
    private bool IsBeside(byte payloadType, ReadOnlySpan<byte> payload, long now) =>
        IsProven && now - _typeHeard <= Trial && PayloadReader.Conventional(payloadType) == Codec.Unknown
        && PayloadReader.Recognise(payload, payloadType, out _) == Codec.Unknown;

    private void Try(byte payloadType, long now)
    {
        (_payloadType, _typeSince, _implausible) = (payloadType, now, 0);
        Codec = PayloadReader.Conventional(payloadType);
        IsProven = Codec == Codec.Audio;
    }

    private void Prove(Codec codec) => (Codec, IsProven, IsOpenGop, _implausible) = (codec, true, IsOpenGop && codec == Codec.H264, 0);

    /// <summary>False for what is of no codec that has proved itself: nothing is known of it.</summary>
    private bool TryReadFrame(in RtpPacket packet, ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> payload, long now, out FrameFacts facts)
    {
        bool mayHaveDescriptor = packet.ExtensionLength > 0 && PayloadReader.Conventional(_payloadType) == Codec.Av1;
        if (mayHaveDescriptor && (_descriptor ??= new DependencyDescriptor()).TryRead(packet, datagram, out facts))
        {
            // What it says holds even of a payload that is encrypted and looks like nothing.
            Prove(Codec.Av1);
            return true;
        }

        if (IsProven && !ChangesCodec(packet, payload))
        {
            if (PayloadReader.TryRead(Codec, payload, out facts))
                return true;
            facts = new FrameFacts { Marks = FrameMarks.Auxiliary };
            if (++_implausible > MostImplausible)
                (Codec, IsProven) = (Codec.Unknown, false);
            return IsProven;
        }

        Codec shown = PayloadReader.Recognise(payload, _payloadType, out facts);
        if (shown != Codec.Unknown)
        {
            Prove(shown);
            return true;
        }

        bool isPlausible = mayHaveDescriptor || PayloadReader.TryRead(Codec, payload, out _);
        if (!isPlausible || now - _typeSince > Trial)
            Codec = Codec.Unknown;
        return false;
    }

    /// <summary>A frame begins that is a keyframe of another codec: the sender has changed it, and the payload type says nothing of it.</summary>
    private bool ChangesCodec(in RtpPacket packet, ReadOnlySpan<byte> payload)
    {
        bool begins = packet.Timestamp != _lastTimestamp;
        _lastTimestamp = packet.Timestamp;
        return begins && PayloadReader.Recognise(payload, _payloadType, out _) is not Codec.Unknown and var shown && shown != Codec;
    }

    private void BeginKeyframe(uint timestamp, long now)
    {
        if (!_hasKeyframe || _keyframeTimestamp != timestamp)
        {
            Keyframes++;
            Requests.Served();
            Supply.Came(now);
        }

        (_hasKeyframe, _keyframeTimestamp) = (true, timestamp);
    }

    /// <summary>Finds out whether parameter sets promise an IDR.</summary>
    private void FollowParameters(uint timestamp, in FrameFacts facts)
    {
        if (facts.Is(FrameMarks.Parameters))
            (_parametersTimestamp, _hasParameters) = (timestamp, true);
        else if (_hasParameters && !facts.Is(FrameMarks.Auxiliary))
            (IsOpenGop, _hasParameters) = (IsOpenGop || (timestamp == _parametersTimestamp && !facts.Is(FrameMarks.Keyframe)), false);
    }

    private void CountFrame(in PacketFacts facts, int bytes)
    {
        // An auxiliary packet may come before its frame and knows no layer.
        if (!facts.Frame.Is(FrameMarks.Auxiliary) || (Codec == Codec.Av1 && HasKnownFrames))
            Rates.Packet(facts.Timestamp, facts.Frame.TemporalLayer, bytes);
    }
}

/// <summary>The last sender report of a source: one moment on the sender's wall clock and on the source's own.</summary>
/// <param name="Ntp">RFC 3550 section 4: seconds since 1900 and fractions, 32 bits each.</param>
/// <param name="Timestamp">RTP ticks at that moment.</param>
/// <param name="At">When it arrived.</param>
internal sealed record SenderReport(ulong Ntp, uint Timestamp, long At);
