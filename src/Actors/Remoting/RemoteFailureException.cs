namespace Conference.Actors.Remoting;

/// <summary>An actor on another node failed to do what it was asked, for a reason that has no meaning here.</summary>
public class RemoteFailureException(string message) : Exception(message);

/// <summary>The other node's version does not know such a message.</summary>
public sealed class MessageNotUnderstoodException() : RemoteFailureException("the other node does not know this kind of message");
