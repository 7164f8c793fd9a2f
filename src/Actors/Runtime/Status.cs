namespace Conference.Actors.Runtime;

/// <summary>The plain answers to a question.</summary>
public abstract record Status
{
    private Status() { }

    public sealed record Success(object? Value = null) : Status;

    /// <summary>As the reply to an ask, throws <paramref name="Cause"/> where the ask is awaited.</summary>
    public sealed record Failure(Exception Cause, object? State = null) : Status;
}
