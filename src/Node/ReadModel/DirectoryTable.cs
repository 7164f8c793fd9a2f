using System.Data.Common;
using Conference.Node.Store;
using Conference.Protocol.Addresses;

namespace Conference.Node.ReadModel;

/// <summary>Accounts and kept rooms as rows, in SQL that both databases speak.</summary>
internal static class DirectoryTable
{
    internal static Task PutAsync(DbConnection connection, DirectoryKind kind, EntityName name, string details, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            """
            insert into conference_directory (kind, domain, name, details) values (@kind, @domain, @name, @details)
            on conflict (kind, domain, name) do update set details = excluded.details
            """,
            cancellationToken,
            ("@kind", (int)kind), ("@domain", name.Domain), ("@name", name.Name), ("@details", details));

    internal static Task RemoveAsync(DbConnection connection, DirectoryKind kind, EntityName name, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            "delete from conference_directory where kind = @kind and domain = @domain and name = @name",
            cancellationToken,
            ("@kind", (int)kind), ("@domain", name.Domain), ("@name", name.Name));

    internal static Task<DirectoryEntry?> FindAsync(ConferenceStore store, DirectoryKind kind, Name name, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, token) => await connection.ScalarAsync(
            "select details from conference_directory where kind = @kind and domain = @domain and name = @name",
            token,
            ("@kind", (int)kind), ("@domain", name.Domain.ToString()), ("@name", name.Local)) is string details ? new DirectoryEntry(kind, name, details) : null,
        cancellationToken);

    internal static Task<DirectoryPage> ListAsync(
        ConferenceStore store, DirectoryKind kind, Domain domain, string? after, int limit, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, token) =>
        {
            await using var command = connection.Command(
                "select name, details from conference_directory where kind = @kind and domain = @domain and name > @after order by name limit @limit",
                ("@kind", (int)kind), ("@domain", domain.ToString()), ("@after", after ?? ""), ("@limit", limit + 1));
            var entries = new List<DirectoryEntry>();
            bool more = false;
            await using var reader = await command.ExecuteReaderAsync(token);
            while (await reader.ReadAsync(token))
            {
                more = entries.Count == limit;
                if (!more)
                    entries.Add(new DirectoryEntry(kind, Name.Written(reader.GetString(0), domain), reader.GetString(1)));
            }

            return new DirectoryPage(entries, more ? entries[^1].Name.Local : null);
        },
        cancellationToken);
}
