using System.Diagnostics.CodeAnalysis;

namespace Conference.Protocol.Addresses;

/// <summary>
/// <c>name@host</c> as a client said it, not yet known to be legal or served.
/// The last <c>@</c> divides, since a host never holds one.
/// </summary>
public sealed record Target(string Name, string Host)
{
    public override string ToString() => $"{Name}@{Host}";

    public static bool TryParse(string text, [NotNullWhen(true)] out Target? target)
    {
        int at = text.LastIndexOf('@');
        target = at > 0 && at < text.Length - 1 ? new Target(text[..at], text[(at + 1)..]) : null;
        return target is not null;
    }
}
