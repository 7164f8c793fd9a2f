namespace Conference.Client.Calls;

/// <summary>Where a call shows itself. Called from one thread at a time.</summary>
public interface ICallView
{
    /// <summary>Something happened: one line, safe to print.</summary>
    void Tell(string line);

    /// <summary>Once a second: who is heard, and the members that are not.</summary>
    void Show(IReadOnlyList<ReceivedStream> streams, IReadOnlyCollection<string> silentMembers);
}
