namespace Conference.Actors;

/// <summary>
/// Names one command of one operator. Whoever asks over nodes may have to ask again without knowing what became of the first time: a
/// command that has been carried out is not carried out again, and is answered as it was then.
/// </summary>
public readonly record struct CommandId(Guid Value)
{
    public static CommandId New() => new(Guid.NewGuid());
}
