using System.Data.Common;
using System.Globalization;
using Akka.Serialization;
using Conference.Actors.Calls;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Actors.Users;
using Conference.Node.Metrics;
using Conference.Node.Store;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.ReadModel;

/// <summary>Journal to <see cref="ReadModels"/>.</summary>
/// <inheritdoc cref="Projection"/>
internal sealed class ReadModelProjection(ConferenceStore store, Serialization serialization, ProjectionMeter meter, ILogger log, TimeProvider time)
    : Projection(Name, store, serialization, meter, log, time)
{
    internal const string Name = "read-models";

    private readonly UsageBook _usage = new();

    protected override Task PlaceAsync(DbConnection connection, CancellationToken cancellationToken) => connection.ExecuteAsync(
        "insert into conference_projection (name, ordering) values (@name, 0) on conflict (name) do nothing", cancellationToken, ("@name", Name));

    /// <summary>From the very beginning everything is told again: rows are what they were, sums would be twice that.</summary>
    protected override Task StartAsync(DbConnection connection, long position, CancellationToken cancellationToken) =>
        position == 0 ? _usage.ClearAsync(connection, cancellationToken) : _usage.ReadAsync(connection, cancellationToken);

    protected override Task WriteAsync(DbConnection connection, CancellationToken cancellationToken) => _usage.WriteAsync(connection, cancellationToken);

    protected override Task ApplyAsync(DbConnection connection, EntityName entity, object? what, JournalRow row, CancellationToken cancellationToken) => what switch
    {
        RoomEvent.CallStarted call => StartCallAsync(connection, entity, call, cancellationToken),
        RoomEvent.CallEnded call => EndAsync(connection, call, cancellationToken),
        RoomEvent.RecordingBegan recording => CallTable.RecordAsync(connection, recording, cancellationToken),
        RoomEvent.RecordingEnded recording => EndRecordingAsync(connection, recording, cancellationToken),
        RoomEvent.RoomKept room => DirectoryTable.PutAsync(
            connection,
            DirectoryKind.Room,
            entity,
            string.Create(CultureInfo.InvariantCulture, $$"""{"maxMembers":{{room.MaxMembers}},"locked":{{(room.IsLocked ? "true" : "false")}}}"""),
            cancellationToken),
        RoomEvent.RoomClosed => DirectoryTable.RemoveAsync(connection, DirectoryKind.Room, entity, cancellationToken),
        UserEvent.AccountCreated => DirectoryTable.PutAsync(connection, DirectoryKind.User, entity, "{}", cancellationToken),
        DomainEvent.DomainPut put => DomainAsync(connection, entity, DomainStanding.Open, put.Rules, row, cancellationToken),
        DomainEvent.RemovalBegan => DomainAsync(connection, entity, DomainStanding.Removing, DomainRules.None, row, cancellationToken),
        DomainEvent.DomainRemoved => DomainAsync(connection, entity, DomainStanding.None, DomainRules.None, row, cancellationToken),
        UserEvent.AccountRemoved => DirectoryTable.RemoveAsync(connection, DirectoryKind.User, entity, cancellationToken),
        _ => Task.CompletedTask,
    };

    private async Task StartCallAsync(DbConnection connection, EntityName room, RoomEvent.CallStarted call, CancellationToken cancellationToken)
    {
        await CallTable.StartAsync(connection, room, call, cancellationToken);
        _usage.Started(room.Domain, CallCursor.Micros(call.At));
    }

    private async Task EndAsync(DbConnection connection, RoomEvent.CallEnded call, CancellationToken cancellationToken)
    {
        if (await CallTable.EndAsync(connection, call, cancellationToken) is { } span)
            _usage.Ended(span, call.Totals);
    }

    private async Task EndRecordingAsync(DbConnection connection, RoomEvent.RecordingEnded recording, CancellationToken cancellationToken)
    {
        if (await CallTable.EndRecordingAsync(connection, recording, cancellationToken) is { } span)
            _usage.Recorded(span);
    }

    private static Task DomainAsync(
        DbConnection connection, EntityName entity, DomainStanding standing, DomainRules rules, JournalRow row, CancellationToken cancellationToken) =>
        DomainRows.PutAsync(connection, new DomainRecord(Domain.Written(entity.Domain), standing, rules, row.SequenceNr), row.Ordering, cancellationToken);
}
