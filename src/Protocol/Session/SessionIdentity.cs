using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;

namespace Conference.Protocol.Session;

/// <summary>Who a client is and in which domain, what it may, and how it can become somebody else.</summary>
/// <param name="policy">The node's rules.</param>
/// <param name="guest">Who it is until it signs in.</param>
/// <param name="link">Whether anybody can read along.</param>
/// <param name="home">The domain of a name that is said without one.</param>
internal sealed class SessionIdentity(SessionPolicy policy, Name guest, LinkSecurity link, Domain home)
{
    /// <summary>
    /// The domain is its own from now on. Until then it is of the default domain, which may be no more than where it has come to: the first address a guest
    /// names says whose it is.
    /// </summary>
    private bool _isSettled = !home.IsDefault;

    public Name Name { get; private set; } = guest.In(home);

    public SessionGrants Grants { get; private set; } = SessionGrants.Everything;

    public bool IsShutOut => Name.IsGuest && policy.RequiresSignIn(Name.Domain);

    /// <summary>Whether an address of a domain that is served means anything to this session.</summary>
    public bool IsOf(Domain domain)
    {
        if (!_isSettled)
            Name = Name.In(domain);
        _isSettled = true;
        return Name.Domain == domain;
    }

    /// <param name="auth">How it wants to sign in.</param>
    /// <param name="isInRoom">It holds a CONN, under the name it has now.</param>
    /// <returns>What is to be asked for it; or nothing, and why not.</returns>
    public (SessionRequest? Request, SignInVerdict Verdict) TryToSignIn(Command.Auth auth, bool isInRoom)
    {
        if (!Name.IsGuest)
        {
            return auth.Mechanism == AuthMechanism.Bearer && Grants.Until is not null
                ? (new SessionRequest.Renew(Name, auth.Credential), SignInVerdict.Ok)
                : (null, SignInVerdict.AlreadySignedIn);
        }

        if (isInRoom)
            return (null, SignInVerdict.InRoom);
        return auth.Mechanism switch
        {
            AuthMechanism.Plain => ByPassword(auth.Credential),
            AuthMechanism.Bearer => (new SessionRequest.SignInBearer(auth.Credential), SignInVerdict.Ok),
            AuthMechanism.Resume => (new SessionRequest.Resume(auth.Credential), SignInVerdict.Ok),
            _ => ByName(auth.Credential),
        };
    }

    public void SignedIn(SessionOutcome.SignedIn signedIn)
    {
        (Name, Grants) = (signedIn.Name, signedIn.Grants ?? SessionGrants.Everything);
        _isSettled = true;
    }

    /// <param name="grants">Those of another token of the same subject.</param>
    /// <param name="rooms">Where the session is.</param>
    /// <returns>False where it would have to leave one of them, or to fall silent or be heard there: it is to leave first.</returns>
    public bool TryRenew(SessionGrants grants, IReadOnlyCollection<Name> rooms)
    {
        if (rooms.Count > 0 && (grants.MayPublish != Grants.MayPublish || !rooms.All(grants.Allows)))
            return false;
        Grants = grants;
        return true;
    }

    private (SessionRequest? Request, SignInVerdict Verdict) ByName(string credential)
    {
        if (DomainOf(credential, out string local) is not { } domain)
            return (null, policy.RequiresSignIn(home) ? SignInVerdict.GuestsRefused : SignInVerdict.NotServed);
        if (policy.RequiresSignIn(domain))
            return (null, SignInVerdict.GuestsRefused);
        if (!Name.TryParse(local, domain, out var name))
            return (null, SignInVerdict.IllegalName);
        return name.IsReserved ? (null, SignInVerdict.ReservedName) : (new SessionRequest.SignInAnonymous(name), SignInVerdict.Ok);
    }

    private (SessionRequest? Request, SignInVerdict Verdict) ByPassword(string credential)
    {
        if (!link.KeepsSecrets)
            return (null, SignInVerdict.ClearText);
        if (!PlainCredential.TryParse(credential, out var plain))
            return (null, SignInVerdict.Malformed);

        // A name that no account can have is told like one that none has.
        return DomainOf(plain.User, out string local) is { } domain && Name.TryParse(local, domain, out var name) && !name.IsReserved
            ? (new SessionRequest.SignInPassword(name, plain.Password), SignInVerdict.Ok)
            : (null, SignInVerdict.WrongCredentials);
    }

    /// <summary><c>joe</c> or <c>joe@host</c>.</summary>
    /// <returns>Null where that host is not served.</returns>
    private Domain? DomainOf(string user, out string local)
    {
        bool isFull = Target.TryParse(user, out var target);
        local = isFull ? target!.Name : user;
        return isFull ? policy.Domains.Find(target!.Host) : home;
    }
}
