using System.Collections.Concurrent;
using System.Security.Cryptography;
using Akka.Actor;

namespace Conference.Actors.Sessions;

/// <summary>The sessions of this node that outlive their connections for a while, by what their clients show to find them again. Safe from any thread.</summary>
public sealed class KeptSessions
{
    private const int TokenBytes = 16;

    private readonly ConcurrentDictionary<string, IActorRef> _sessions = [];

    /// <returns>Its token, which nobody can guess: 32 hexadecimal digits.</returns>
    public string Add(IActorRef session)
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        _sessions[token] = session;
        return token;
    }

    public void Remove(string token) => _sessions.TryRemove(token, out _);

    /// <param name="said">A token, with or without the host behind it.</param>
    public IActorRef? Find(string said) => _sessions.GetValueOrDefault(said.Split('@')[0].ToLowerInvariant());
}
