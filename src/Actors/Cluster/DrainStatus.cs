namespace Conference.Actors.Cluster;

public enum DrainState
{
    /// <summary>No drain: clients are welcome.</summary>
    Serving,

    /// <summary>It hands over its shards and sends its sessions on; no client is let in.</summary>
    Draining,

    /// <summary>It owns nothing and has no session. It stays so until it is stopped, or the drain is called off.</summary>
    Drained,
}

/// <summary>How far a drain is.</summary>
/// <param name="State">See there.</param>
/// <param name="Since">When it began; null while there is none.</param>
/// <param name="Deadline">When the sessions that are left are ended; null while there is none.</param>
/// <param name="Sessions">That are left.</param>
/// <param name="Shards">That are left.</param>
public sealed record DrainStatus(DrainState State, DateTimeOffset? Since, DateTimeOffset? Deadline, int Sessions, int Shards);
