using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Conference.Actors.Domains;
using Conference.Node.Store;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.ReadModel;

/// <summary>
/// Domains as rows, in SQL that both databases speak. A domain that is gone keeps its row, so that nodes which look for what is new find that too: each row has
/// the number in the journal of its domain's last event.
/// </summary>
internal static class DomainRows
{
    internal static Task PutAsync(DbConnection connection, DomainRecord record, long ordering, CancellationToken cancellationToken) => connection.ExecuteAsync(
        """
        insert into conference_domain (name, standing, rules, version, ordering) values (@name, @standing, @rules, @version, @ordering)
        on conflict (name) do update set standing = excluded.standing, rules = excluded.rules, version = excluded.version, ordering = excluded.ordering
        """,
        cancellationToken,
        ("@name", record.Domain.ToString()), ("@standing", (int)record.Standing), ("@rules", JsonSerializer.Serialize(record.Rules, JsonSerializerOptions.Web)),
        ("@version", record.Version), ("@ordering", ordering));

    /// <returns>Those that changed after that place in the journal, in that order; and the place of the last.</returns>
    internal static Task<(IReadOnlyList<DomainRecord> Records, long Ordering)> ReadAsync(
        ConferenceStore store, long after, int most, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, token) =>
        {
            await using var command = connection.Command(
                "select name, standing, rules, version, ordering from conference_domain where ordering > @after order by ordering limit @most",
                ("@after", after), ("@most", most));
            var records = new List<DomainRecord>();
            long last = after;
            await using var reader = await command.ExecuteReaderAsync(token);
            while (await reader.ReadAsync(token))
            {
                records.Add(new DomainRecord(
                    Domain.Written(reader.GetString(0)), (DomainStanding)reader.GetInt32(1),
                    JsonSerializer.Deserialize<DomainRules>(reader.GetString(2), JsonSerializerOptions.Web) ?? DomainRules.None, reader.GetInt64(3)));
                last = reader.GetInt64(4);
            }

            return ((IReadOnlyList<DomainRecord>)records, last);
        },
        cancellationToken);

    /// <summary>Accounts; rooms that are kept, and rooms with calls that have not ended.</summary>
    internal static Task<DomainContents> ReadContentsAsync(ConferenceStore store, Domain domain, int most, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, token) => new DomainContents(
            await NamesAsync(connection, ListedNames(DirectoryKind.User), domain, most, token),
            [
                .. await NamesAsync(connection, ListedNames(DirectoryKind.Room), domain, most, token),
                .. await NamesAsync(
                    connection, "select distinct room from conference_call where domain = @domain and ended is null order by room limit @most", domain, most, token),
            ]),
        cancellationToken);

    private static string ListedNames(DirectoryKind kind) => string.Create(
        CultureInfo.InvariantCulture, $"select name from conference_directory where kind = {(int)kind} and domain = @domain order by name limit @most");

    private static async Task<List<Name>> NamesAsync(DbConnection connection, string sql, Domain domain, int most, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(sql, ("@domain", domain.ToString()), ("@most", most));
        var names = new List<Name>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            names.Add(Name.Written(reader.GetString(0), domain));
        return names;
    }
}
