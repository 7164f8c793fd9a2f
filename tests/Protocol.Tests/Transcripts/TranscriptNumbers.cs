using System.Text.RegularExpressions;

namespace Conference.Protocol.Tests.Transcripts;

/// <summary>
/// The numbers of one transcript: <c>{port}</c>, <c>{n}</c> and their like stand for digits, <c>{token}</c> for sixteen hexadecimal ones, the same
/// wherever the same word stands. One of these per replay.
/// </summary>
internal sealed partial class TranscriptNumbers
{
    private readonly Dictionary<string, string> _known = [];

    /// <summary>True when the line is the pattern's; what its placeholders stand for is then known.</summary>
    public bool Matches(string pattern, string line)
    {
        var names = new HashSet<string>();
        string regex = string.Concat(Placeholder().Split(pattern).Select((part, index) =>
            index % 2 == 0 ? Regex.Escape(part)
            : _known.TryGetValue(part, out string? digits) ? digits
            : names.Add(part) ? $"(?<{part}>{(part == "token" ? "[0-9a-f]{16}" : "[0-9]+")})" : $@"\k<{part}>"));
        var match = Regex.Match(line, $@"\A{regex}\z", RegexOptions.CultureInvariant);
        if (!match.Success)
            return false;
        foreach (string name in names)
            _known[name] = match.Groups[name].Value;
        return true;
    }

    /// <summary>A line to send, with what is known put in place.</summary>
    public string Fill(string text) =>
        Placeholder().Replace(text, match => _known.TryGetValue(match.Groups[1].Value, out string? digits) ? digits : match.Value);

    [GeneratedRegex(@"\{([a-z]+)\}")]
    private static partial Regex Placeholder();
}
