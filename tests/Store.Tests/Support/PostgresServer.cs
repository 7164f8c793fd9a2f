[assembly: AssemblyFixture(typeof(Conference.Store.Tests.Support.PostgresServer))]

namespace Conference.Store.Tests.Support;

/// <summary>The one server that all tests share, each with a database of its own.</summary>
public sealed class PostgresServer : PostgresProcess, IAsyncLifetime;
