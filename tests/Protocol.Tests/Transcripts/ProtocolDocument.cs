namespace Conference.Protocol.Tests.Transcripts;

/// <summary>docs/protocol.md.</summary>
internal static class ProtocolDocument
{
    public static string Text { get; } = File.ReadAllText(RepositoryRoot.File("docs", "protocol.md"));

    public static IReadOnlyList<Transcript> Transcripts { get; } = TranscriptParser.Parse(Text);
}
