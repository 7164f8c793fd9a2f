namespace Conference.Protocol.Tests.Transcripts;

/// <summary>A conversation in a document: what some clients say to a node with nobody else on it, and what they hear.</summary>
/// <param name="Title">The heading it stands under, numbered where several stand under one.</param>
/// <param name="Line">Where it begins in the document, counted from one.</param>
/// <param name="Steps">What happens, in order.</param>
internal sealed record Transcript(string Title, int Line, IReadOnlyList<TranscriptStep> Steps);

/// <param name="Client">Whose connection it is about.</param>
/// <param name="Line">Where it stands in the document, counted from one.</param>
internal abstract record TranscriptStep(string Client, int Line)
{
    /// <summary><c>joe (connects)</c></summary>
    public sealed record Connects(string Client, int Line) : TranscriptStep(Client, Line);

    /// <summary><c>joe> HELO standup@127.0.0.1</c>. Steps of this kind in a row are pipelined.</summary>
    public sealed record Sends(string Client, int Line, string Text) : TranscriptStep(Client, Line);

    /// <summary><c>joe&lt; 303 video {port}</c>: the next line this client gets; to be compared by <see cref="TranscriptNumbers"/>.</summary>
    public sealed record Receives(string Client, int Line, string Pattern) : TranscriptStep(Client, Line);

    /// <summary><c>joe (is muted in panel)</c>, <c>(is unmuted in panel)</c>, <c>(is put out of panel)</c>, <c>(is made moderator of panel)</c>: an operator does it.</summary>
    public sealed record IsModerated(string Client, int Line, string What, string Room) : TranscriptStep(Client, Line);

    /// <summary><c>joe (is closed)</c>: the server has closed the connection, and nothing more came.</summary>
    public sealed record IsClosed(string Client, int Line) : TranscriptStep(Client, Line);
}
