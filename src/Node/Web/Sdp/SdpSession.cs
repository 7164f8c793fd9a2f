using System.Diagnostics.CodeAnalysis;

namespace Conference.Node.Web.Sdp;

/// <summary>A session description (RFC 8866), as text has it: lines, and which of them belong to which m-line. What they mean is for others.</summary>
internal sealed class SdpSession
{
    /// <summary>Of text. One with fifty members in pictures takes more than 300 KB in Chromium's words; nobody shows so many.</summary>
    public const int MaxLength = 256 * 1024;

    public const int MaxMedia = 128;

    /// <summary>Of one m-line. RTP has 128.</summary>
    public const int MaxFormats = 128;

    private SdpSession(IReadOnlyList<SdpAttribute> attributes, IReadOnlyList<SdpMedia> media)
    {
        Attributes = attributes;
        Media = media;
    }

    /// <summary>Those before the first m-line.</summary>
    public IReadOnlyList<SdpAttribute> Attributes { get; }

    public IReadOnlyList<SdpMedia> Media { get; }

    /// <summary>Reads lines that end by CRLF or LF.</summary>
    /// <param name="problem">What is wrong with it, in one clause that names the line.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out SdpSession? session, out string problem)
    {
        session = null;
        problem = "";
        if (text.Length > MaxLength)
        {
            problem = $"it is longer than {MaxLength} characters";
            return false;
        }

        List<SdpAttribute> attributes = [];
        List<SdpAttribute> current = attributes;
        List<SdpMedia> media = [];
        int number = 0;
        foreach (Range range in text.AsSpan().TrimEnd("\r\n").Split('\n'))
        {
            number++;
            ReadOnlySpan<char> line = text.AsSpan(range).TrimEnd('\r');
            if (line.Length < 2 || line[1] != '=' || !char.IsAsciiLetterLower(line[0]) || ContainsControl(line))
                problem = $"line {number} is not of the form x=value";
            else if ((number == 1) != (line[0] == 'v') || (line[0] == 'v' && !line.SequenceEqual("v=0")))
                problem = "it does not begin with v=0, once";
            else if (line[0] == 'a')
                current.Add(ReadAttribute(line[2..]));
            else if (line[0] == 'm' && media.Count == MaxMedia)
                problem = $"line {number} is m-line {MaxMedia + 1}, and {MaxMedia} are read";
            else if (line[0] == 'm' && TryReadMedia(line[2..], current = []) is { } next)
                media.Add(next);
            else if (line[0] == 'm')
                problem = $"line {number} is no m-line";
            if (problem.Length > 0)
                return false;
        }

        session = new SdpSession(attributes, media);
        return true;
    }

    private static SdpAttribute ReadAttribute(ReadOnlySpan<char> attribute)
    {
        int colon = attribute.IndexOf(':');
        return colon < 0 ? new SdpAttribute(attribute.ToString(), "") : new SdpAttribute(attribute[..colon].ToString(), attribute[(colon + 1)..].ToString());
    }

    /// <summary><c>kind port[/how many] protocol format ...</c></summary>
    private static SdpMedia? TryReadMedia(ReadOnlySpan<char> line, List<SdpAttribute> attributes)
    {
        string[] parts = line.ToString().Split(' ', MaxFormats + 4, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is < 4 or > MaxFormats + 3)
            return null;
        string port = parts[1].Split('/', 2)[0];
        return SdpText.TryReadNumber(port, ushort.MaxValue, out int number) ? new SdpMedia(parts[0], number, parts[2], parts[3..], attributes) : null;
    }

    // A lone CR would begin a new line for somebody else.
    private static bool ContainsControl(ReadOnlySpan<char> line) => line.ContainsAnyInRange('\0', '\b') || line.ContainsAnyInRange('\n', '\u001f');
}
