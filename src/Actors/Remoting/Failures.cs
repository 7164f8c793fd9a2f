using Conference.Actors.Persistence;
using Conference.Actors.Remoting.Protos;

namespace Conference.Actors.Remoting;

/// <summary>Why something failed, as it crosses: what the asker can act on, and no text, which could hold anything.</summary>
internal static class Failures
{
    internal static Failure ToProto(Exception cause) => cause switch
    {
        JournalFencedException e => new()
        {
            Kind = FailureKind.Fenced,
            PersistenceId = e.PersistenceId.ToString(),
            Shard = (uint)e.Fence.Shard.Value,
            Epoch = e.Fence.Epoch,
        },
        JournalUnavailableException e => new() { Kind = FailureKind.TryAgain, OutcomeUnknown = e.OutcomeUnknown },
        JournalCorruptException e => new() { Kind = FailureKind.Corrupt, PersistenceId = e.PersistenceId.ToString(), SequenceNr = e.SequenceNr },
        JournalTooNewException e => new() { Kind = FailureKind.TooNew, PersistenceId = e.PersistenceId.ToString(), SequenceNr = e.SequenceNr },
        TimeoutException => new() { Kind = FailureKind.TryAgain, OutcomeUnknown = true },
        MessageNotUnderstoodException => new() { Kind = FailureKind.NotUnderstood },
        _ => new() { Kind = FailureKind.Unspecified },
    };

    /// <exception cref="InvalidDataException">It names what cannot be.</exception>
    internal static Exception FromProto(Failure failure) => failure.Kind switch
    {
        FailureKind.Fenced => new JournalFencedException(IdOf(failure), new ShardFence(TellContent.ShardOf(failure.Shard), failure.Epoch)),
        FailureKind.TryAgain => new JournalUnavailableException("try again", outcomeUnknown: failure.OutcomeUnknown),
        FailureKind.Corrupt => new JournalCorruptException(IdOf(failure), failure.SequenceNr, "see the log of its node"),
        FailureKind.TooNew => new JournalTooNewException(IdOf(failure), failure.SequenceNr),
        FailureKind.NotUnderstood => new MessageNotUnderstoodException(),
        _ => new RemoteFailureException("it failed on another node: see the log there"),
    };

    private static PersistenceId IdOf(Failure failure)
    {
        try
        {
            return new PersistenceId(failure.PersistenceId);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException("not a persistence id", exception);
        }
    }
}
