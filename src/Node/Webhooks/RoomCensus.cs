using System.Data.Common;
using Conference.Actors.Rooms;
using Conference.Node.ReadModel;
using Conference.Node.Store;

namespace Conference.Node.Webhooks;

/// <summary>
/// Who is in which room, as of the projection's place in the journal: which is what says that somebody was the first or the last. Kept in rows of the
/// projection's transaction, and so neither a new actor of a room nor a new owner of the projection counts differently.
/// </summary>
internal sealed class RoomCensus
{
    private readonly Dictionary<(string Domain, string Room), Dictionary<long, Occupant>> _rooms = [];

    internal async Task ReadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        _rooms.Clear();
        await using var command = connection.Command("select domain, room, session, call, member from conference_occupant");
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            RoomOf(row.GetString(0), row.GetString(1))[row.GetInt64(2)] = new Occupant(Guid.ParseExact(row.GetString(3), "N"), row.GetString(4));
    }

    /// <returns>Whether the room was empty.</returns>
    internal bool Enter(StatementBatch batch, EntityName entity, RoomEvent.CallStarted call)
    {
        var room = RoomOf(entity.Domain, entity.Name);
        bool wasEmpty = room.Count == 0;
        room[call.Session] = new Occupant(call.Call, call.User.Local);
        batch.Add(
            """
            insert into conference_occupant (domain, room, session, call, member) values (@domain#, @room#, @session#, @call#, @member#)
            on conflict (domain, room, session) do update set call = excluded.call, member = excluded.member
            """,
            ("@domain", entity.Domain), ("@room", entity.Name), ("@session", call.Session), ("@call", call.Call.ToString("N")), ("@member", call.User.Local));
        return wasEmpty;
    }

    /// <returns>Who left, and whether nobody is left; null for a call that nobody knows.</returns>
    internal (string Member, bool IsEmpty)? Leave(StatementBatch batch, EntityName entity, Guid call)
    {
        if (!_rooms.TryGetValue((entity.Domain, entity.Name), out var room) || SessionOf(room, call) is not { } session)
            return null;
        string member = room[session].Member;
        room.Remove(session);
        if (room.Count == 0)
            _rooms.Remove((entity.Domain, entity.Name));
        batch.Add(
            "delete from conference_occupant where domain = @domain# and room = @room# and session = @session#",
            ("@domain", entity.Domain), ("@room", entity.Name), ("@session", session));
        return (member, room.Count == 0);
    }

    /// <returns>Whose call it is; null for one that nobody knows.</returns>
    internal string? MemberOf(EntityName entity, Guid call) =>
        _rooms.TryGetValue((entity.Domain, entity.Name), out var room) && SessionOf(room, call) is { } session ? room[session].Member : null;

    private static long? SessionOf(Dictionary<long, Occupant> room, Guid call)
    {
        foreach (var (session, occupant) in room)
        {
            if (occupant.Call == call)
                return session;
        }

        return null;
    }

    private Dictionary<long, Occupant> RoomOf(string domain, string room) =>
        _rooms.TryGetValue((domain, room), out var found) ? found : _rooms[(domain, room)] = [];

    private readonly record struct Occupant(Guid Call, string Member);
}
