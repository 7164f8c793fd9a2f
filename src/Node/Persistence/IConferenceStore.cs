using Conference.Actors.Persistence;

namespace Conference.Node.Persistence;

/// <summary>Everything durable of a node (SQLite) or of a cluster (PostgreSQL). Disposed after the last actor has stopped.</summary>
public interface IConferenceStore : IJournal, IDirectory, ICallRecords, IAsyncDisposable;
