using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Replies;

namespace Conference.Protocol.Session;

/// <summary>Who the client is, what it may, and whether anybody can read along.</summary>
public sealed partial class SessionMachine
{
    private static readonly string[] _features = ["AUTH", "NOOP", "LIST", "STATUS", "EVENTS", "SENDER", "PORTS", "SELECT", "MUTE", "LAYERS", "DETAILS"];
    private static readonly string[] _featuresWithTls = ["AUTH", "STLS", .. _features[1..]];

    private readonly LinkSecurity _link;

    public Name Identity { get; private set; }

    public bool IsGuest => Identity.IsGuest;

    /// <summary>What the client may do as who it is.</summary>
    public SessionGrants Grants { get; private set; } = SessionGrants.Everything;

    private bool GuestIsShutOut => IsGuest && _policy.AuthenticationRequired;

    private void TakeAuth(Command.Auth auth)
    {
        if (!IsGuest)
            Refuse(auth, SignInVerdict.AlreadySignedIn, $"already signed in as {Identity}");
        else if (_connections.Count > 0)
            Refuse(auth, SignInVerdict.InRoom);
        else if (auth.Mechanism == AuthMechanism.Plain)
            TakePlain(auth);
        else if (auth.Mechanism == AuthMechanism.Bearer)
            Ask(auth, new SessionRequest.SignInBearer(auth.Credential));
        else if (_policy.AuthenticationRequired)
            Refuse(auth, SignInVerdict.GuestsRefused);
        else if (!Name.TryParse(auth.Credential, out var name))
            Refuse(auth, SignInVerdict.IllegalName);
        else if (name.IsGuest)
            Refuse(auth, SignInVerdict.ReservedName);
        else
            Ask(auth, new SessionRequest.SignInAnonymous(name));
    }

    private void TakePlain(Command.Auth auth)
    {
        if (!_link.KeepsSecrets)
            Refuse(auth, SignInVerdict.ClearText);
        else if (!PlainCredential.TryParse(auth.Credential, out var credential))
            Refuse(auth, SignInVerdict.Malformed);
        else if (TryAccount(credential.User, out var name))
            Ask(auth, new SessionRequest.SignInPassword(name, credential.Password));
        else
            Refuse(auth, SignInVerdict.WrongCredentials);
    }

    /// <summary><c>joe</c> or <c>joe@host</c>; a name that no account can have is told like one that none has.</summary>
    private bool TryAccount(string user, out Name name)
    {
        if (Target.TryParse(user, out var target))
        {
            name = default;
            if (!_policy.Hosts.Serves(target.Host))
                return false;
            user = target.Name;
        }

        return Name.TryParse(user, out name) && !name.IsGuest;
    }

    private void FinishAuth(Command.Auth auth, SessionOutcome outcome)
    {
        switch (outcome)
        {
            case SessionOutcome.SignedIn signedIn:
                Identity = signedIn.Name;
                Grants = signedIn.Grants ?? SessionGrants.Everything;
                Put(new SessionOutput.TriedToSignIn(auth.Mechanism, SignInVerdict.Ok));
                Answer(auth, Reply.SignedIn(signedIn.Name));
                break;
            case SessionOutcome.NotSignedIn no:
                Refuse(auth, no.Why);
                break;
            case SessionOutcome.Refused refused:
                Refuse(auth, SignInVerdict.Unavailable, refused.Why);
                break;
            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} is no outcome of {auth.Verb}");
        }
    }

    private void Refuse(Command.Auth auth, SignInVerdict verdict, string? text = null)
    {
        Put(new SessionOutput.TriedToSignIn(auth.Mechanism, verdict));
        Answer(auth, Reply.NotSignedIn(text ?? verdict.ToText()));
    }

    /// <summary>
    /// TLS begins behind 220, and with it another session: nothing that was said where anybody could read and write along counts
    /// after it, neither what was taken up before nor what waits (RFC 3207 section 6 says why).
    /// </summary>
    private void TakeStls(Command.Stls stls)
    {
        if (_link.IsEncrypted)
            Answer(stls, Reply.NotSignedIn("TLS already on"));
        else if (!_link.CanStartTls)
            Answer(stls, Reply.NotSignedIn("TLS not available"));
        else
        {
            Put(new SessionOutput.StartTls(Reply.StartTls));
            Put(new SessionOutput.Answered(Verb.Stls, Reply.StartTls.Code));
            _closed = true;
            _waiting.Clear();
        }
    }
}
