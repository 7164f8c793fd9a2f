using System.Diagnostics.CodeAnalysis;

namespace Conference.Protocol;

/// <summary>
/// What a CONN carries or a SEND is about: <c>video</c>, <c>audio</c>, <c>chat</c>, ... 1 to 32 of a-z, 0-9 and <c>-</c>, beginning with a letter.
/// Ignores case, like verbs.
/// </summary>
public readonly record struct Service
{
    public const int MaxLength = 32;

    private readonly string? _value;

    private Service(string value) => _value = value;

    public static Service Video { get; } = new("video");

    public static Service Audio { get; } = new("audio");

    public static Service Chat { get; } = new("chat");

    /// <summary>Not a service but the session itself: the place of its options in GETP and SETP.</summary>
    public static Service Session { get; } = new("session");

    /// <summary>Not a service but the room the session is in: the place of what people set there, in GETP and SETP.</summary>
    public static Service Room { get; } = new("room");

    /// <summary>False for the three words that mean something else.</summary>
    public bool IsMedia => this != Chat && this != Session && this != Room;

    public override string ToString() => _value ?? "";

    public static bool TryParse([NotNullWhen(true)] string? text, out Service service)
    {
        bool legal = text is { Length: > 0 and <= MaxLength } && char.IsAsciiLetter(text[0])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
        service = legal ? new Service(text!.ToLowerInvariant()) : default;
        return legal;
    }
}
