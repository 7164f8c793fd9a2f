using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Conference.Protocol.Addresses;

/// <summary>
/// One customer's part of the service: what stands behind the <c>@</c>, always in its one normal form:
/// <code>
/// domain = label *( "." label )       ; at most 180 characters, no closing dot
/// label  = 1*63( a-z / 0-9 / "-" / "_" ), no "-" at either end; other letters as IDNA has them (UTS 46), xn--...
/// </code>
/// The last label is no number, so that an address is no domain. <c>Acme.Example.</c> and <c>acme.example</c> are one domain, <c>bücher.example</c> and
/// <c>xn--bcher-kva.example</c> another. The default value is the default domain, which has no name of its own: what it is called, settings say.
/// </summary>
public readonly record struct Domain
{
    /// <summary>Characters. DNS has 253; an id in the journal has 255 for the kind, the domain and a name.</summary>
    public const int MaxLength = 180;

    /// <summary>What the default domain is called where ids and lists need a word; nobody else's domain can be called so.</summary>
    public const string DefaultWord = "default";

    /// <summary>Every node serves it, as the default domain; no domain can be called so.</summary>
    public const string Localhost = "localhost";

    private const int MaxLabel = 63;
    private const string IdnPrefix = "xn--";

    // It is only read once it is made: any number of threads may use it.
    private static readonly IdnMapping _idn = new();

    private readonly string? _value;

    private Domain(string value) => _value = value;

    public static Domain Default => default;

    public bool IsDefault => _value is null;

    /// <summary>Its normal form; <see cref="DefaultWord"/>.</summary>
    public override string ToString() => _value ?? DefaultWord;

    /// <returns>False for what has no normal form that is a legal name for a domain.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Domain domain)
    {
        domain = default;
        if (string.IsNullOrEmpty(text) || text.Length > ServedHosts.MaxLength || Normalise(text) is not { } normal || !IsLegal(normal))
            return false;
        domain = new Domain(normal);
        return true;
    }

    /// <summary>For domains known to be legal: tests, constants.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static Domain Parse(string text) =>
        TryParse(text, out var domain) ? domain : throw new FormatException($"'{text}' is not a legal domain");

    /// <summary>A domain as a node of ours wrote it: <see cref="ToString"/>.</summary>
    /// <exception cref="FormatException">No node of ours wrote that.</exception>
    public static Domain Written(string text)
    {
        if (text == DefaultWord)
            return Default;
        return IsLegal(text) ? new Domain(text) : throw new FormatException("no domain that was written by a node");
    }

    private static string? Normalise(string text)
    {
        string host = IsDot(text[^1]) ? text[..^1] : text;
        if (!Ascii.IsValid(host))
            return Idn(host);
        string lower = host.ToLowerInvariant();
        return lower.Contains(IdnPrefix, StringComparison.Ordinal) ? Idn(lower) : lower;
    }

    /// <returns>Null for what IDNA does not know, or has another form for.</returns>
    private static string? Idn(string host)
    {
        try
        {
            string ascii = _idn.GetAscii(host).ToLowerInvariant();
            return _idn.GetAscii(_idn.GetUnicode(ascii)) == ascii ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <param name="host">In lower case, if it is legal.</param>
    private static bool IsLegal(string host)
    {
        if (host.Length is 0 or > MaxLength || host is DefaultWord or Localhost)
            return false;
        ReadOnlySpan<char> last = default;
        foreach (var range in host.AsSpan().Split('.'))
        {
            last = host.AsSpan(range);
            if (last.Length is 0 or > MaxLabel || last[0] == '-' || last[^1] == '-' || !AreLegal(last))
                return false;
        }

        return last.ContainsAnyExceptInRange('0', '9');
    }

    private static bool AreLegal(ReadOnlySpan<char> label)
    {
        foreach (char c in label)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_'))
                return false;
        }

        return true;
    }

    /// <summary>Those that IDNA takes for one.</summary>
    private static bool IsDot(char c) => c is '.' or '\u3002' or '\uFF0E' or '\uFF61';
}
