using System.Globalization;
using Conference.Protocol.Addresses;

namespace Conference.Protocol.Session;

/// <summary>
/// What one session wants of one service (<c>SETP video rate 10</c>). Defaults: 30 frames a second, best quality, no ceiling,
/// everyone, not muted. Immutable; a value that cannot be leaves it as it was.
/// </summary>
/// <param name="Rate">Frames a second at most, 1 to 240.</param>
/// <param name="Compression">0 (best picture) to 100 (smallest).</param>
/// <param name="Bitrate">Ceiling in kbit/s, 0 for none.</param>
/// <param name="Selection">Whose media.</param>
/// <param name="Muted">This session's own sending is dropped.</param>
public sealed record ServiceParameters(int Rate, int Compression, int Bitrate, SourceSelection Selection, bool Muted)
{
    public const int MaxRate = 240;

    /// <summary>The parameter that <see cref="Muted"/> is.</summary>
    public const string Mute = "mute";

    /// <summary>Read only: the frames a second that are really forwarded.</summary>
    public const string RateNow = "rate-now";

    public const int MaxBitrate = 10_000_000;

    /// <summary>The rate was asked for. Until then it is the 2002 document's 30 when told, and no limit when forwarding.</summary>
    public bool IsRateSet { get; init; }

    /// <summary>The simulcast layers this session sends, as its client named them; empty for none.</summary>
    public SimulcastLayers Layers { get; init; } = SimulcastLayers.None;

    /// <summary>This session writes down what it is sent (<c>SETP session recording on</c>, for all services at once). It changes nothing that is forwarded.</summary>
    public bool Recording { get; init; }

    public static ServiceParameters Default { get; } = new(30, 0, 0, new SourceSelection.All(), false);

    /// <summary>The value of a parameter as GETP says it, or null for a parameter there is not.</summary>
    public string? Get(string parameter) => parameter switch
    {
        "rate" => Rate.ToString(CultureInfo.InvariantCulture),
        "compression" => Compression.ToString(CultureInfo.InvariantCulture),
        "bitrate" => Bitrate.ToString(CultureInfo.InvariantCulture),
        "select" => Selection.ToString(),
        Mute => Muted ? "on" : "off",
        "layers" => Layers.ToString(),
        _ => null,
    };

    /// <summary>This with one parameter changed, or null when the value cannot be (or the parameter is not; see <see cref="Get"/>).</summary>
    public ServiceParameters? With(string parameter, string value) => parameter switch
    {
        "rate" => Number(value, 1, MaxRate) is int rate ? this with { Rate = rate, IsRateSet = true } : null,
        "compression" => Number(value, 0, 100) is int compression ? this with { Compression = compression } : null,
        "bitrate" => Number(value, 0, MaxBitrate) is int bitrate ? this with { Bitrate = bitrate } : null,
        "select" => SourceSelection.Parse(value) is { } selection ? this with { Selection = selection } : null,
        Mute => OnOff.Parse(value) is bool muted ? this with { Muted = muted } : null,
        "layers" => SimulcastLayers.Parse(value) is { } layers ? this with { Layers = layers } : null,
        _ => null,
    };

    /// <summary>For a session of a domain: whoever is selected is of it too.</summary>
    public ServiceParameters In(Domain domain) =>
        Selection is SourceSelection.User { Name: var user } && user.Domain != domain ? this with { Selection = new SourceSelection.User(user.In(domain)) } : this;

    /// <summary>How a refusal names the parameter: the 2002 document says "could not set frame rate".</summary>
    public static string Describe(string parameter) => parameter switch
    {
        "rate" => "frame rate",
        "bitrate" => "bit rate",
        "select" => "selection",
        _ => parameter,
    };

    private static int? Number(string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : null;
}

/// <summary><c>select</c>: <c>all</c>, <c>speaker</c>, <c>speaker:3</c>, or a user's name.</summary>
public abstract record SourceSelection
{
    public const int MaxSpeakers = 50;

    private SourceSelection() { }

    public static SourceSelection? Parse(string text)
    {
        switch (text.ToLowerInvariant())
        {
            case "all":
                return new All();
            case "speaker":
                return new Speakers(1);
            case var lower when lower.StartsWith("speaker:", StringComparison.Ordinal):
                return int.TryParse(lower.AsSpan(8), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MaxSpeakers
                    ? new Speakers(count)
                    : null;
            default:
                // A user may be named with a host too; nobody but those of the session's own domain can be meant, see In.
                string name = Target.TryParse(text, out var target) ? target.Name : text;
                return Name.TryParse(name, out var user) ? new User(user) : null;
        }
    }

    public sealed record All : SourceSelection
    {
        public override string ToString() => "all";
    }

    public sealed record Speakers(int Count) : SourceSelection
    {
        public override string ToString() => Count == 1 ? "speaker" : string.Create(CultureInfo.InvariantCulture, $"speaker:{Count}");
    }

    public sealed record User(Name Name) : SourceSelection
    {
        public override string ToString() => Name.Local;
    }
}

public static class OnOff
{
    public static bool? Parse(string text) => text.ToLowerInvariant() switch
    {
        "on" => true,
        "off" => false,
        _ => null,
    };

    public static string ToText(bool on) => on ? "on" : "off";
}
