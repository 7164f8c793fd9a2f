using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>One node's way to the <see cref="SharedStore"/>.</summary>
public sealed class SharedJournal : AsyncWriteJournal
{
    private readonly TestParts _parts = TestParts.Of(Context.System.Settings.Config);

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        ArgumentNullException.ThrowIfNull(recoveryCallback);
        // Without the writer, as production has it: Akka would take what a room stored here, after another node did, for an old writer's.
        foreach (var row in _parts.Store.Read(_parts.Name, persistenceId, fromSequenceNr, toSequenceNr, max))
        {
            object payload = row.Payload is Tagged tagged ? tagged.Payload : row.Payload;
            recoveryCallback(new Persistent(payload, row.SequenceNr, row.PersistenceId, row.Manifest, false, ActorRefs.NoSender, writerGuid: ""));
        }

        return Task.CompletedTask;
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        Task.FromResult(_parts.Store.ReadHighest(_parts.Name, persistenceId));

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        foreach (var write in messages)
            await _parts.Store.WriteAsync(_parts.Name, [.. (IEnumerable<IPersistentRepresentation>)write.Payload]).ConfigureAwait(false);
        return null!;
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) => throw new NotSupportedException("events stay");
}
