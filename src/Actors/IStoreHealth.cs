namespace Conference.Actors;

/// <summary>
/// Whether the store is known to store. While it is not, entities refuse at once what they would have to read or write for: a database that does not answer
/// would keep whoever asks waiting for its timeout, and Akka's circuit breaker tries one of them every two seconds. Cheap: asked before every write.
/// </summary>
public interface IStoreHealth
{
    bool IsWell { get; }
}

/// <summary>Where nobody looks: the store itself says what it cannot.</summary>
public sealed class AlwaysWell : IStoreHealth
{
    private AlwaysWell()
    {
    }

    public static AlwaysWell Instance { get; } = new();

    public bool IsWell => true;
}
