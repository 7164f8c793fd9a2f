using System.Data.Common;
using Conference.Actors.Calls;
using Conference.Node.Store;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api.Access;

/// <summary>Tokens as rows, in SQL that both databases speak. Times are microseconds since 1970.</summary>
internal static class AccessTokenTable
{
    private const string Columns = "id, name, domain, rights, made";

    internal static Task AddAsync(ConferenceStore store, AccessToken token, string digest, CancellationToken cancellationToken) => store.UseAsync(
        (connection, cancelled) => connection.ExecuteAsync(
            $"insert into conference_token ({Columns}, digest) values (@id, @name, @domain, @rights, @made, @digest) on conflict (id) do nothing",
            cancelled,
            ("@id", token.Id.ToString("N")), ("@name", token.Name), ("@domain", token.Domain?.ToString()), ("@rights", (int)token.Rights),
            ("@made", CallCursor.Micros(token.Made)), ("@digest", digest)),
        cancellationToken);

    internal static Task<AccessToken?> FindAsync(ConferenceStore store, string digest, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, cancelled) =>
            (await ReadAsync(connection, $"select {Columns} from conference_token where digest = @digest", cancelled, ("@digest", digest))) is [var token] ? token : null,
        cancellationToken);

    /// <summary>The oldest first.</summary>
    internal static Task<IReadOnlyList<AccessToken>> ListAsync(ConferenceStore store, Domain? domain, Guid after, int most, CancellationToken cancellationToken) => store.UseAsync(
        (connection, cancelled) => ReadAsync(
            connection,
            $"select {Columns} from conference_token where id > @after and (@all = 1 or domain = @domain) order by id limit @most",
            cancelled,
            ("@after", after.ToString("N")), ("@all", domain is null ? 1 : 0), ("@domain", domain?.ToString() ?? ""), ("@most", most)),
        cancellationToken);

    /// <returns>False where there is none with this id, or it is another domain's.</returns>
    internal static Task<bool> RemoveAsync(ConferenceStore store, Guid id, Domain? domain, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, cancelled) => await connection.ExecuteAsync(
            "delete from conference_token where id = @id and (@all = 1 or domain = @domain)",
            cancelled,
            ("@id", id.ToString("N")), ("@all", domain is null ? 1 : 0), ("@domain", domain?.ToString() ?? "")) > 0,
        cancellationToken);

    internal static Task<int> RemoveAllAsync(ConferenceStore store, Domain domain, CancellationToken cancellationToken) => store.UseAsync(
        (connection, cancelled) => connection.ExecuteAsync("delete from conference_token where domain = @domain", cancelled, ("@domain", domain.ToString())),
        cancellationToken);

    private static async Task<IReadOnlyList<AccessToken>> ReadAsync(
        DbConnection connection, string sql, CancellationToken cancellationToken, params (string, object?)[] parameters)
    {
        var tokens = new List<AccessToken>();
        await using var command = connection.Command(sql, parameters);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            tokens.Add(new AccessToken(
                Guid.ParseExact(row.GetString(0), "N"), row.GetString(1), row.IsDBNull(2) ? null : Domain.Written(row.GetString(2)), (Rights)row.GetInt32(3),
                CallCursor.Time(row.GetInt64(4))));
        }

        return tokens;
    }
}
