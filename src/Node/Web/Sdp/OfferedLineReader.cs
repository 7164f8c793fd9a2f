using System.Globalization;

namespace Conference.Node.Web.Sdp;

/// <summary>Reads what stands under an m-line: each attribute once, whatever their number. What is not understood is passed over.</summary>
internal sealed class OfferedLineReader
{
    private readonly Dictionary<byte, (string Name, int ClockRate, int Channels)> _codecs = [];
    private readonly Dictionary<byte, string> _parameters = [];
    private readonly Dictionary<byte, List<string>> _feedback = [];
    private readonly List<string> _feedbackOfAll = [];
    private readonly Dictionary<string, int> _extensions = [];
    private readonly List<string> _rids = [];
    private readonly List<uint> _ssrcs = [];
    private readonly Dictionary<uint, uint> _rtxSsrcs = [];
    private IReadOnlyList<string>? _simulcast;
    private string _mid = "";
    private bool _hasRtcpMux;
    private bool _isBundleOnly;

    private OfferedLineReader()
    {
    }

    /// <param name="isBundled">Of a mid.</param>
    public static OfferedLine Read(int index, SdpMedia media, MediaDirection direction, Func<string, bool> isBundled)
    {
        var reader = new OfferedLineReader();
        foreach (SdpAttribute attribute in media.Attributes)
            reader.Take(attribute);
        return new OfferedLine
        {
            Index = index,
            Media = media,
            Mid = reader._mid,
            Direction = direction,
            IsBundled = isBundled(reader._mid),
            HasRtcpMux = reader._hasRtcpMux,
            // One that is offered for the bundle only has no port of its own (RFC 8843 section 6).
            IsRefused = media.Port == 0 && !reader._isBundleOnly,
            Codecs = reader.Codecs(media.Formats),
            Extensions = reader._extensions,
            Rids = [.. (reader._simulcast ?? reader._rids).Where(reader._rids.Contains).Distinct()],
            HasSimulcast = reader._simulcast is not null,
            Sources = reader.Sources(),
        };
    }

    private void Take(SdpAttribute attribute)
    {
        string value = attribute.Value;
        switch (attribute.Name)
        {
            case "mid":
                _mid = value;
                break;
            case "rtcp-mux":
                _hasRtcpMux = true;
                break;
            case "bundle-only":
                _isBundleOnly = true;
                break;
            case "rtpmap" when TryReadPayloadType(value, out byte type, out string map):
                TakeMap(type, map);
                break;
            case "fmtp" when TryReadPayloadType(value, out byte type, out string parameters):
                _parameters.TryAdd(type, parameters);
                break;
            case "rtcp-fb" when value.StartsWith("* ", StringComparison.Ordinal):
                _feedbackOfAll.Add(value[2..].Trim());
                break;
            case "rtcp-fb" when TryReadPayloadType(value, out byte type, out string feedback):
                if (!_feedback.TryGetValue(type, out List<string>? list))
                    _feedback.Add(type, list = []);
                list.Add(feedback);
                break;
            case "extmap":
                TakeExtension(value);
                break;
            case "rid":
                TakeRid(value);
                break;
            case "simulcast":
                _simulcast ??= SendList(value);
                break;
            case "ssrc" when TryReadSsrc(value.Split(' ', 2)[0], out uint ssrc):
                if (_ssrcs.Count < 32 && !_ssrcs.Contains(ssrc))
                    _ssrcs.Add(ssrc);
                break;
            case "ssrc-group" when value.Split(' ') is ["FID", var first, var second] && TryReadSsrc(first, out uint primary) && TryReadSsrc(second, out uint rtx):
                _rtxSsrcs.TryAdd(primary, rtx);
                break;
            default:
                break;
        }
    }

    /// <summary><c>name/clock rate[/channels]</c></summary>
    private void TakeMap(byte type, string map)
    {
        string[] parts = map.Split('/');
        int channels = 1;
        if (parts.Length is 2 or 3 && SdpText.TryReadNumber(parts[1], int.MaxValue, out int clockRate)
            && (parts.Length == 2 || SdpText.TryReadNumber(parts[2], 255, out channels)))
            _codecs.TryAdd(type, (parts[0], clockRate, channels));
    }

    /// <summary><c>id[/direction] uri [more]</c></summary>
    private void TakeExtension(string value)
    {
        string[] parts = value.Split(' ', 3);
        if (parts.Length >= 2 && SdpText.TryReadNumber(parts[0].Split('/', 2)[0], 255, out int id) && id > 0)
            _extensions.TryAdd(parts[1], id);
    }

    /// <summary><c>name send|recv [restrictions]</c></summary>
    private void TakeRid(string value)
    {
        string[] parts = value.Split(' ', 3);
        if (parts.Length >= 2 && parts[1] == "send" && SdpText.IsName(parts[0]))
            _rids.Add(parts[0]);
    }

    /// <summary><c>send a;~b,c;d recv ...</c>: of alternatives the first; ~ is a layer that does not flow for now.</summary>
    private static string[]? SendList(string value)
    {
        string[] parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int send = Array.IndexOf(parts, "send");
        return send < 0 || send + 1 >= parts.Length ? null : [.. parts[send + 1].Split(';').Select(layer => layer.Split(',', 2)[0].TrimStart('~'))];
    }

    private List<OfferedCodec> Codecs(IReadOnlyList<string> formats)
    {
        // What is sent again is a codec of its own in SDP, which names the one it is for.
        Dictionary<int, byte> rtx = [];
        foreach ((byte type, (string name, _, _)) in _codecs)
        {
            if (name.Equals("rtx", StringComparison.OrdinalIgnoreCase) && OfferedCodec.Parameter(_parameters.GetValueOrDefault(type, ""), "apt") is { } apt
                && SdpText.TryReadNumber(apt, 127, out int original))
                rtx.TryAdd(original, type);
        }

        List<OfferedCodec> codecs = [];
        foreach (string format in formats.Distinct())
        {
            if (!TryReadPayloadType(format, out byte type, out _) || !_codecs.TryGetValue(type, out var map) || map.Name.Equals("rtx", StringComparison.OrdinalIgnoreCase))
                continue;
            List<string> feedback = [.. _feedback.GetValueOrDefault(type) ?? [], .. _feedbackOfAll];
            codecs.Add(new OfferedCodec(
                type, map.Name, map.ClockRate, map.Channels, _parameters.GetValueOrDefault(type, ""), feedback, rtx.TryGetValue(type, out byte again) ? again : null));
        }

        return codecs;
    }

    private List<OfferedSource> Sources()
    {
        HashSet<uint> again = [.. _rtxSsrcs.Values];
        return [.. _ssrcs.Where(s => !again.Contains(s)).Select(s => new OfferedSource(s, _rtxSsrcs.TryGetValue(s, out uint rtx) ? rtx : null))];
    }

    /// <summary>A payload type and what stands behind it. Those from 64 to 95 would be taken for RTCP (RFC 5761 section 4).</summary>
    private static bool TryReadPayloadType(string value, out byte type, out string rest)
    {
        string[] parts = value.Split(' ', 2);
        bool isType = SdpText.TryReadNumber(parts[0], 127, out int number) && number is < 64 or > 95;
        (type, rest) = ((byte)number, parts.Length > 1 ? parts[1].Trim() : "");
        return isType;
    }

    private static bool TryReadSsrc(string text, out uint ssrc) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ssrc);
}
