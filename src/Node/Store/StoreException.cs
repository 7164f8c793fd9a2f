namespace Conference.Node.Store;

/// <summary>The store cannot be opened. The message is for the operator: one sentence that says what is wrong and what to do.</summary>
public sealed class StoreException(string message, Exception? cause = null) : IOException(message, cause);
