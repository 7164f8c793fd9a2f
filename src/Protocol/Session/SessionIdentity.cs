using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;

namespace Conference.Protocol.Session;

/// <summary>Who a client is, what it may, and how it can become somebody else.</summary>
/// <param name="policy">The node's rules.</param>
/// <param name="guest">Who it is until it signs in.</param>
/// <param name="link">Whether anybody can read along.</param>
internal sealed class SessionIdentity(SessionPolicy policy, Name guest, LinkSecurity link)
{
    public Name Name { get; private set; } = guest;

    public SessionGrants Grants { get; private set; } = SessionGrants.Everything;

    public bool IsShutOut => Name.IsGuest && policy.AuthenticationRequired;

    /// <param name="auth">How it wants to sign in.</param>
    /// <param name="isInRoom">It holds a CONN, under the name it has now.</param>
    /// <returns>What is to be asked for it; or nothing, and why not.</returns>
    public (SessionRequest? Request, SignInVerdict Verdict) TryToSignIn(Command.Auth auth, bool isInRoom)
    {
        if (!Name.IsGuest)
            return (null, SignInVerdict.AlreadySignedIn);
        if (isInRoom)
            return (null, SignInVerdict.InRoom);
        return auth.Mechanism switch
        {
            AuthMechanism.Plain => ByPassword(auth.Credential),
            AuthMechanism.Bearer => (new SessionRequest.SignInBearer(auth.Credential), SignInVerdict.Ok),
            _ => ByName(auth.Credential),
        };
    }

    public void SignedIn(SessionOutcome.SignedIn signedIn) => (Name, Grants) = (signedIn.Name, signedIn.Grants ?? SessionGrants.Everything);

    private (SessionRequest? Request, SignInVerdict Verdict) ByName(string credential)
    {
        if (policy.AuthenticationRequired)
            return (null, SignInVerdict.GuestsRefused);
        if (!Name.TryParse(credential, out var name))
            return (null, SignInVerdict.IllegalName);
        return name.IsReserved ? (null, SignInVerdict.ReservedName) : (new SessionRequest.SignInAnonymous(name), SignInVerdict.Ok);
    }

    private (SessionRequest? Request, SignInVerdict Verdict) ByPassword(string credential)
    {
        if (!link.KeepsSecrets)
            return (null, SignInVerdict.ClearText);
        if (!PlainCredential.TryParse(credential, out var plain))
            return (null, SignInVerdict.Malformed);
        return TryAccount(plain.User, out var name)
            ? (new SessionRequest.SignInPassword(name, plain.Password), SignInVerdict.Ok)
            : (null, SignInVerdict.WrongCredentials);
    }

    /// <summary><c>joe</c> or <c>joe@host</c>; a name that no account can have is told like one that none has.</summary>
    private bool TryAccount(string user, out Name name)
    {
        if (Target.TryParse(user, out var target))
        {
            name = default;
            if (!policy.Hosts.Serves(target.Host))
                return false;
            user = target.Name;
        }

        return Name.TryParse(user, out name) && !name.IsReserved;
    }
}
