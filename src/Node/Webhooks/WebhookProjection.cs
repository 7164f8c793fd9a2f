using System.Data;
using System.Data.Common;
using Akka.Serialization;
using Conference.Actors.Calls;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Node.Metrics;
using Conference.Node.ReadModel;
using Conference.Node.Store;

namespace Conference.Node.Webhooks;

/// <summary>
/// Journal to the queue of deliveries: what happened in rooms, for each webhook of their domain that wants it. That a room opened or closed is in no event: it
/// follows from who came first and left last, in the order of the journal.
/// </summary>
internal sealed class WebhookProjection(
    ConferenceStore store, Serialization serialization, ProjectionMeter meter, Action queued, ILogger log, TimeProvider time)
    : Projection(Name, store, serialization, meter, log, time)
{
    internal const string Name = "webhooks";

    private readonly RoomCensus _census = new();

    /// <summary>Of domains of which something happened in this step.</summary>
    private readonly Dictionary<string, IReadOnlyList<(string Id, WebhookKinds Kinds, long Since)>> _wanted = [];

    /// <summary>What follows from this step.</summary>
    private readonly StatementBatch _batch = new();

    private bool _hasQueued;

    /// <summary>Where none was yet, it begins where the read models are: what happened before is told to nobody, and who is in by then is in their records.</summary>
    protected override async Task PlaceAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (await connection.ScalarAsync("select 1 from conference_projection where name = @name", cancellationToken, ("@name", Name)) is not null)
            return;
        // Both of one moment.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await connection.ExecuteAsync(
            """
            insert into conference_projection (name, ordering) select @name, coalesce((select ordering from conference_projection where name = @models), 0) where true
            on conflict (name) do nothing
            """,
            cancellationToken,
            ("@name", Name), ("@models", ReadModelProjection.Name));
        await connection.ExecuteAsync(
            """
            insert into conference_occupant (domain, room, session, call, member) select domain, room, session, id, member from conference_call where ended is null
            on conflict (domain, room, session) do nothing
            """,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    protected override async Task StartAsync(DbConnection connection, long position, CancellationToken cancellationToken)
    {
        _wanted.Clear();
        _batch.Clear();
        _hasQueued = false;
        await _census.ReadAsync(connection, cancellationToken);
    }

    protected override Task ApplyAsync(DbConnection connection, EntityName entity, object? what, JournalRow row, CancellationToken cancellationToken)
    {
        var happened = new Happened(connection, entity, row);
        // Events that have no time of their own happened when they were stored.
        var stored = new DateTimeOffset(row.Created, TimeSpan.Zero);
        return what switch
        {
            RoomEvent.CallStarted call => EnterAsync(happened, call, cancellationToken),
            RoomEvent.CallEnded call => LeaveAsync(happened, call, cancellationToken),
            RoomEvent.RecordingBegan recording => RecordAsync(happened, WebhookKinds.RecordingBegan, recording.Call, recording.At, cancellationToken),
            RoomEvent.RecordingEnded recording => RecordAsync(happened, WebhookKinds.RecordingEnded, recording.Call, recording.At, cancellationToken),
            RoomEvent.MemberMuted muted => QueueAsync(
                happened, 0, muted.IsMuted ? WebhookKinds.MemberMuted : WebhookKinds.MemberUnmuted, stored, cancellationToken, muted.Member.Local),
            RoomEvent.MemberWaiting waiting => QueueAsync(happened, 0, WebhookKinds.MemberWaiting, waiting.At, cancellationToken, waiting.Member.Local),
            RoomEvent.MemberPutOut putOut => QueueAsync(happened, 0, WebhookKinds.MemberPutOut, stored, cancellationToken, putOut.Member.Local),
            DomainEvent.RemovalBegan or DomainEvent.DomainRemoved => RemoveAsync(happened, cancellationToken),
            _ => Task.CompletedTask,
        };
    }

    protected override Task WriteAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        _wanted.Clear();
        return _batch.WriteAsync(connection, cancellationToken);
    }

    protected override void Committed()
    {
        if (_hasQueued)
            queued();
        _hasQueued = false;
    }

    private async Task RemoveAsync(Happened happened, CancellationToken cancellationToken)
    {
        // What was queued before goes too; nothing more is queued for what is gone.
        await _batch.WriteAsync(happened.Connection, cancellationToken);
        await WebhookTable.RemoveAllAsync(happened.Connection, happened.Entity.Domain, happened.Row.Ordering, cancellationToken);
        _wanted.Remove(happened.Entity.Domain);
    }

    private async Task EnterAsync(Happened happened, RoomEvent.CallStarted call, CancellationToken cancellationToken)
    {
        if (_census.Enter(_batch, happened.Entity, call))
            await QueueAsync(happened, 0, WebhookKinds.RoomOpened, call.At, cancellationToken);
        await QueueAsync(happened, 1, WebhookKinds.MemberJoined, call.At, cancellationToken, call.User.Local, call.Call);
    }

    private async Task LeaveAsync(Happened happened, RoomEvent.CallEnded call, CancellationToken cancellationToken)
    {
        if (_census.Leave(_batch, happened.Entity, call.Call) is not var (member, isEmpty))
            return;
        await QueueAsync(happened, 0, WebhookKinds.MemberLeft, call.At, cancellationToken, member, call.Call, WebhookEvent.EndText(call.End));
        if (isEmpty)
            await QueueAsync(happened, 1, WebhookKinds.RoomClosed, call.At, cancellationToken);
    }

    private Task RecordAsync(Happened happened, WebhookKinds kind, Guid call, DateTimeOffset at, CancellationToken cancellationToken) =>
        _census.MemberOf(happened.Entity, call) is { } member ? QueueAsync(happened, 0, kind, at, cancellationToken, member, call) : Task.CompletedTask;

    /// <summary>For each webhook that wants it.</summary>
    private async Task QueueAsync(
        Happened happened, int part, WebhookKinds kind, DateTimeOffset at, CancellationToken cancellationToken, string? member = null, Guid? call = null, string? end = null)
    {
        var (connection, entity, row) = happened;
        if (!_wanted.TryGetValue(entity.Domain, out var webhooks))
            _wanted[entity.Domain] = webhooks = await WebhookTable.WantedAsync(Store, connection, entity.Domain, cancellationToken);
        string? body = null;
        string id = "";
        foreach (var (webhook, kinds, since) in webhooks)
        {
            if (!kinds.HasFlag(kind) || row.Ordering <= since)
                continue;
            if (body is null)
            {
                id = WebhookEvent.IdOf(row.PersistenceId, row.SequenceNr, part);
                body = new WebhookEvent(id, WebhookKindsText.Word(kind), at, entity.Domain, entity.Name, row.SequenceNr, member, call, end).ToJson();
            }

            DeliveryTable.Add(
                _batch, new LaneName(entity.Domain, webhook, entity.Name), new DeliveryPlace(row.Ordering, part), id, kind, body, CallCursor.Micros(Time.GetUtcNow()));
            _hasQueued = true;
        }
    }

    private readonly record struct Happened(DbConnection Connection, EntityName Entity, JournalRow Row);
}
