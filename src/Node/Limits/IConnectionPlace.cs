namespace Conference.Node.Limits;

/// <summary>The place that a connection takes among those that its listener has; a feature of the connection.</summary>
internal interface IConnectionPlace
{
    /// <summary>It turned out to be of another kind: it takes a place there, and gives back the one it had.</summary>
    /// <returns>False, and nothing changes, where none is free.</returns>
    bool TryMove(SemaphoreSlim places);

    /// <summary>Something is asked on it: it is not idle until <see cref="EndRequest"/>. HTTP/2 asks several things at a time.</summary>
    void BeginRequest();

    void EndRequest();
}

/// <summary>The places of clients, whichever port they come by: a descriptor each.</summary>
internal sealed record ClientPlaces(SemaphoreSlim All);

/// <summary>The places of a listener's connections.</summary>
/// <param name="All">One for each.</param>
/// <param name="Idle">Who makes place when there is none; null where nobody does.</param>
internal sealed record ListenerPlaces(SemaphoreSlim All, IdleConnections? Idle);
