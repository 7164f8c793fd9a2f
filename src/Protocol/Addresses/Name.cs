using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Conference.Protocol.Addresses;

/// <summary>
/// The name of a user or room in a domain, always in its one normal form: NFKC, case folded, 1 to 64 UTF-8 bytes of letters, digits and
/// <c>. _ - +</c>, beginning and ending with a letter or digit (or a mark on one), nothing that is not seen but the joiners a script needs,
/// nothing that Unicode does not know yet, and of one script or of scripts that are written together.
/// "Joe", "JOE" and full-width "ｊｏｅ" are one name; two names that differ are two users, and so are those of two domains.
/// </summary>
public readonly record struct Name
{
    /// <summary>UTF-8 bytes of the normal form, without the domain.</summary>
    public const int MaxBytes = 64;

    private const char At = '@';

    /// <summary>In full: no name and no domain has an <c>@</c>.</summary>
    private readonly string? _value;

    private Name(string value) => _value = value;

    private Name(string local, Domain domain) => _value = domain.IsDefault ? local : $"{local}{At}{domain}";

    /// <summary>In full, and never another's: <c>joe</c> in the default domain, <c>joe@acme.example</c> in any other.</summary>
    public override string ToString() => _value ?? "";

    /// <summary>As people see it, who know the domain: <c>joe</c>.</summary>
    public string Local => ToString() is var full && full.IndexOf(At, StringComparison.Ordinal) is >= 0 and var at ? full[..at] : full;

    public Domain Domain => ToString() is var full && full.IndexOf(At, StringComparison.Ordinal) is >= 0 and var at ? Domain.Written(full[(at + 1)..]) : Domain.Default;

    /// <summary>Names the server gives itself (<c>guest-7</c>).</summary>
    public bool IsGuest => ToString().StartsWith("guest-", StringComparison.Ordinal);

    /// <summary>Under which the service's operators speak.</summary>
    public static Name Operator { get; } = new("operator");

    /// <summary>Nobody may sign in under it: a guest's, or the operator's.</summary>
    public bool IsReserved => IsGuest || In(Domain.Default) == Operator;

    public static Name Guest(long number) => new(string.Create(CultureInfo.InvariantCulture, $"guest-{number}"));

    /// <summary>Who is called the same in a domain.</summary>
    public Name In(Domain domain) => new(Local, domain);

    /// <returns>False when <paramref name="text"/> has no normal form that is a legal name.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, Domain domain, out Name name)
    {
        bool isLegal = TryParse(text, out name);
        name = isLegal ? name.In(domain) : default;
        return isLegal;
    }

    /// <inheritdoc cref="TryParse(string?, Domain, out Name)"/>
    /// <summary>Of the default domain.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Name name)
    {
        name = default;
        // Composing shortens a text, but not to a quarter: far beyond that nothing can be legal, and normalising must not
        // be made to chew on it.
        if (string.IsNullOrEmpty(text) || text.Length > 4 * MaxBytes)
            return false;

        if (Ascii.IsValid(text))
        {
            if (text.Length > MaxBytes || !NameLetters.AreLegalAscii(text))
                return false;
            name = new Name(text.ToLowerInvariant());
            return true;
        }

        if (!NameLetters.AreAssigned(text))
            return false;
        string normal = Normalise(text);
        if (Encoding.UTF8.GetByteCount(normal) > MaxBytes || !NameLetters.AreLegal(normal) || !Icu.IsHighlyRestrictive(normal))
            return false;

        name = new Name(normal);
        return true;
    }

    /// <summary>For names known to be legal: tests, constants.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static Name Parse(string text, Domain domain = default) =>
        TryParse(text, domain, out var name) ? name : throw new FormatException($"'{text}' is not a legal name");

    /// <summary>
    /// A name in full as a node of ours wrote it, in its normal form, to the store or to another node. It is not looked at again: which letters and
    /// mixtures are legal may change with ICU, a name that is in use may not.
    /// </summary>
    /// <exception cref="FormatException">Nothing, or more than <see cref="MaxBytes"/>, or no domain behind it: no node of ours wrote that.</exception>
    public static Name Written(string text)
    {
        int at = text.IndexOf(At, StringComparison.Ordinal);
        return at < 0 ? Written(text, Domain.Default) : Written(text[..at], Domain.Written(text[(at + 1)..]));
    }

    /// <inheritdoc cref="Written(string)"/>
    /// <param name="local">Without its domain.</param>
    /// <param name="domain">Which stands elsewhere.</param>
    public static Name Written(string local, Domain domain) =>
        local.Length > 0 && Encoding.UTF8.GetByteCount(local) <= MaxBytes && !local.Contains(At, StringComparison.Ordinal)
            ? new Name(local, domain)
            : throw new FormatException("no name that was written by a node");

    /// <summary>
    /// Folding can undo normalisation and the other way round; this order, with a second pass, makes it a fixed point. It stays the same with
    /// every newer Unicode, as long as all its characters are assigned.
    /// </summary>
    private static string Normalise(string text) =>
        Icu.FoldCase(text.Normalize(NormalizationForm.FormKC)).Normalize(NormalizationForm.FormKC);
}
