namespace Conference.Node.Persistence;

/// <summary>The store cannot be opened. The message is for the operator: it says what is wrong and what to do.</summary>
public sealed class StoreException(string message, Exception? cause = null) : IOException(message, cause);
