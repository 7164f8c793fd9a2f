namespace Conference.Actors.Runtime;

/// <summary>Something that was scheduled and may be called off.</summary>
public interface ICancelable
{
    bool IsCancellationRequested { get; }

    /// <summary>What was not told yet will not be told any more.</summary>
    void Cancel();
}
