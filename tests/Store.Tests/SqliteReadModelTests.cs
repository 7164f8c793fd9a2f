using Conference.Store.Tests.Support;

namespace Conference.Store.Tests;

public sealed class SqliteReadModelTests : ReadModelSpecification
{
    private protected override Task<TestStore> CreateAsync() => Task.FromResult(TestStore.Sqlite());
}
