namespace Conference.Node.Limits;

/// <summary>The place that a connection takes among those that its listener has; a feature of the connection.</summary>
internal interface IConnectionPlace
{
    /// <summary>It turned out to be of another kind: it takes a place there, and gives back the one it had.</summary>
    /// <returns>False, and nothing changes, where none is free.</returns>
    bool TryMove(SemaphoreSlim places);
}

/// <summary>The places of clients, whichever port they come by: a descriptor each.</summary>
internal sealed record ClientPlaces(SemaphoreSlim All);
