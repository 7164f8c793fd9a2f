using Conference.Protocol;
using Conference.Protocol.Replies;

namespace Conference.Client.Connections;

/// <summary>One command that is out, and what came back for it so far.</summary>
internal sealed class PendingReply(bool isList, Service? connects, Action<Reply>? whenAnswered)
{
    /// <summary>Lines of one answer that are kept; a room has fewer members than this.</summary>
    private const int MaxLines = 20_000;

    private readonly TaskCompletionSource<IReadOnlyList<Reply>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Reply> _lines = new(1);

    public Task<IReadOnlyList<Reply>> Answer => _answer.Task;

    /// <summary>What a CONN is for; null for all else.</summary>
    public Service? Connects => connects;

    /// <summary>It waits until somebody lets it in, which may take any time.</summary>
    public bool IsInLobby { get; set; }

    /// <returns>True when the answer is whole.</returns>
    public bool Add(Reply reply)
    {
        if (_lines.Count < MaxLines)
            _lines.Add(reply);
        if (isList && (reply.Code == 212 || (reply.Code == 211 && reply.Text != "end")))
            return false;
        // Runs on the reader, so that it holds for the very next line.
        whenAnswered?.Invoke(reply);
        _answer.TrySetResult(_lines);
        return true;
    }

    public void Fail(QcvcException why) => _answer.TrySetException(why);
}
