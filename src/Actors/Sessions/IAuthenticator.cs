using System.Net;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Sessions;

/// <summary>
/// Says whether a client is who it says, as the node provides it. Nothing here blocks the caller or throws for what a client said;
/// how often somebody may try is decided here too.
/// </summary>
public interface IAuthenticator
{
    /// <param name="client">Where the try comes from.</param>
    /// <param name="user">Who the client says it is.</param>
    /// <param name="password">As it was said.</param>
    /// <param name="readCredential">Reads what is kept of that user. Called at most once, and not at all when the try is refused
    /// unseen; what it throws, this throws.</param>
    Task<SignInResult> VerifyPasswordAsync(IPAddress client, Name user, string password, Func<Task<UserCredential>> readCredential);

    /// <param name="client">Where the try comes from.</param>
    /// <param name="token">A JWT, as it was said.</param>
    Task<SignInResult> VerifyTokenAsync(IPAddress client, string token);
}

public abstract record SignInResult
{
    private SignInResult() { }

    /// <summary>It is this user, and may do this.</summary>
    public sealed record Proved(Name Name, SessionGrants Grants) : SignInResult;

    public sealed record Refused(SignInVerdict Why) : SignInResult;
}
