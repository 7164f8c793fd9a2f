using System.Text.RegularExpressions;

namespace Conference.Protocol.Tests.Transcripts;

/// <summary>
/// Finds the transcripts of a Markdown document: fenced blocks that begin with <c>```transcript</c>. In them,
/// <code>
/// step   = client ( "> " text / "&lt; " pattern / " (connects)" / " (is closed)" / " (is " act SP room ")" )
/// act    = "muted in" / "unmuted in" / "put out of" / "made moderator of"
/// client = 1*( a-z )
/// </code>
/// and lines that are empty or begin with <c>#</c> say nothing.
/// </summary>
internal static partial class TranscriptParser
{
    /// <exception cref="FormatException">A line is no step; says which.</exception>
    public static IReadOnlyList<Transcript> Parse(string markdown)
    {
        var transcripts = new List<Transcript>();
        var titles = new Dictionary<string, int>();
        string heading = "";
        List<TranscriptStep>? steps = null;
        bool inOtherBlock = false;
        int begin = 0;
        int number = 0;

        foreach (string line in markdown.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            bool fence = line.StartsWith("```", StringComparison.Ordinal);
            if (steps is not null && fence)
            {
                transcripts.Add(new Transcript(Title(heading, titles), begin, steps));
                steps = null;
            }
            else if (steps is not null)
            {
                if (line.Length > 0 && !line.StartsWith('#'))
                    steps.Add(Step(line, number));
            }
            else if (fence && !inOtherBlock && line == "```transcript")
            {
                steps = [];
                begin = number;
            }
            else if (fence)
                inOtherBlock = !inOtherBlock;
            else if (!inOtherBlock && line.StartsWith('#'))
                heading = line.TrimStart('#').Trim();
        }

        return steps is null ? transcripts : throw new FormatException($"line {begin}: the transcript does not end");
    }

    private static string Title(string heading, Dictionary<string, int> titles)
    {
        int count = titles[heading] = titles.GetValueOrDefault(heading) + 1;
        return count == 1 ? heading : $"{heading} ({count})";
    }

    private static TranscriptStep Step(string line, int number)
    {
        var match = StepForm().Match(line);
        string client = match.Groups["client"].Value;
        return match.Groups["what"].Value switch
        {
            "> " => new TranscriptStep.Sends(client, number, match.Groups["text"].Value),
            "< " => new TranscriptStep.Receives(client, number, match.Groups["text"].Value),
            " (connects)" => new TranscriptStep.Connects(client, number),
            " (is closed)" => new TranscriptStep.IsClosed(client, number),
            " (is " => new TranscriptStep.IsModerated(client, number, match.Groups["act"].Value, match.Groups["room"].Value),
            _ => throw new FormatException($"line {number}: '{line}' is no step of a transcript"),
        };
    }

    [GeneratedRegex(@"^(?<client>[a-z]+)(?:(?<what>[<>] )(?<text>.+)|(?<what> \((?:connects|is closed)\))|(?<what> \(is )(?<act>(?:un)?muted in|put out of|made moderator of) (?<room>[a-z]+)\))$", RegexOptions.ExplicitCapture)]
    private static partial Regex StepForm();
}
