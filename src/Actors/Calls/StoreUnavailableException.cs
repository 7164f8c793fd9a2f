namespace Conference.Actors.Calls;

/// <summary>The store is away: nothing was read or changed, and it may be tried again.</summary>
public sealed class StoreUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
