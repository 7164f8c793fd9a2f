using Conference.Node.Persistence;
using Conference.Persistence.Tests.Support;

namespace Conference.Persistence.Tests;

public sealed class SqliteStoreTests : StoreSpecification
{
    private protected override Task<TestStore> CreateAsync() => Task.FromResult(TestStore.Sqlite());

    [Fact]
    public async Task A_second_user_of_the_file_is_refused_in_words_and_the_first_goes_on()
    {
        var refusal = await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync());
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Database.Location, refusal.Message, StringComparison.Ordinal);
        await Store.AppendAsync("joe", 1, "a");
        await ReopenAsync();
        Assert.Equal(["a"], await Store.EventsAsync("joe"));
    }

    [Fact]
    public async Task Another_process_that_has_the_file_keeps_it_until_it_is_killed()
    {
        await Store.DisposeAsync();
        using var other = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("flock", ["-n", "-o", Database.Location + ".lock", "-c", "echo held; exec cat"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        var refusal = await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync());
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        other.Kill();
        await other.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Store = await Database.OpenAsync();
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_in_words()
    {
        await Store.DisposeAsync();
        string path = Database.Location + ".txt";
        await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat("not a database\n", 100)));
        using var meter = new System.Diagnostics.Metrics.Meter("test");
        var refusal = await Assert.ThrowsAsync<StoreException>(() => Node.Persistence.Sqlite.SqliteStore.OpenAsync(
            path, new StoreOptions(), meter, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance));
        Assert.Contains("not a database", refusal.Message, StringComparison.Ordinal);
    }
}
