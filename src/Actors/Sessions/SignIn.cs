using System.Net;
using Akka.Actor;
using Conference.Actors.Rooms;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Sessions;

/// <summary>One session's way from a credential to a name: ask whether it holds, then ask the user's presence to take the session in.</summary>
internal sealed class SignIn(NodeContext node, IPAddress client, SessionId id, IActorRef session)
{
    /// <summary>What the password was checked against; null where none was.</summary>
    private UserCredential? _credential;

    /// <summary>What the user was told, and took, where the outcome is <see cref="SessionOutcome.SignedIn"/>.</summary>
    public UserCommands.SignIn? Taken { get; private set; }

    /// <summary>The user's actor then.</summary>
    public IActorRef? User { get; private set; }

    public async Task<SessionOutcome> RunAsync(SessionRequest request) => request switch
    {
        // Whoever took the name of a room that an operator keeps would own it, and hear what is said there without being in it.
        SessionRequest.SignInAnonymous anonymous => await IsKeptRoomAsync(anonymous.Name)
            ? new SessionOutcome.NotSignedIn(SignInVerdict.NameInUse)
            : await EnterAsync(anonymous.Name, SessionGrants.Everything, isAuthenticated: false),
        SessionRequest.SignInPassword password => await EnterAsync(await node.Authenticator.VerifyPasswordAsync(
            client, password.Name, password.Password, () => ReadCredentialAsync(password.Name))),
        SessionRequest.SignInBearer bearer => await EnterAsync(await node.Authenticator.VerifyTokenAsync(client, id, bearer.Token)),
        SessionRequest.Renew renew => await RenewAsync(renew),
        _ => throw new NotSupportedException(request.GetType().Name),
    };

    private async Task<SessionOutcome> EnterAsync(SignInResult result) => result switch
    {
        SignInResult.Proved proved => await EnterAsync(proved.Name, proved.Grants, isAuthenticated: true),
        SignInResult.Refused refused => new SessionOutcome.NotSignedIn(refused.Why),
        _ => throw new NotSupportedException(result.GetType().Name),
    };

    private async Task<SessionOutcome> RenewAsync(SessionRequest.Renew renew) => await node.Authenticator.VerifyTokenAsync(client, id, renew.Token) switch
    {
        SignInResult.Proved proved when proved.Name == renew.Name => new SessionOutcome.Renewed(proved.Grants),
        SignInResult.Proved => new SessionOutcome.NotSignedIn(SignInVerdict.AlreadySignedIn),
        SignInResult.Refused refused => new SessionOutcome.NotSignedIn(refused.Why),
        var other => throw new NotSupportedException(other.GetType().Name),
    };

    private async Task<SessionOutcome> EnterAsync(Name name, SessionGrants grants, bool isAuthenticated)
    {
        var command = new UserCommands.SignIn(name, id, session, isAuthenticated, NeedsAccount: _credential?.PasswordHash is not null, PasswordSetBy: _credential?.SetBy);
        try
        {
            var answer = await node.Users.AskEntityAsync<SignInAnswer>(command, node.AskDeadline);
            if (answer.User is { } user)
            {
                (Taken, User) = (command, user);
                return new SessionOutcome.SignedIn(name, grants);
            }

            // An account that went, or got another password, while this one was being checked is told like one that never was.
            return new SessionOutcome.NotSignedIn(isAuthenticated ? SignInVerdict.WrongCredentials : SignInVerdict.NameInUse);
        }
        catch (UnavailableException)
        {
            // It may be taken in after its deadline; it must not hear what is meant for a user its client was told it is not.
            node.Users.Tell(new UserCommands.SignOut(name, id), ActorRefs.NoSender);
            return SessionOutcome.Refused.TryAgain;
        }
    }

    private async Task<bool> IsKeptRoomAsync(Name name) =>
        (await node.Rooms.AskEntityAsync<RoomPresence>(new RoomQueries.Find(name), node.AskDeadline)).IsKept;

    private async Task<UserCredential> ReadCredentialAsync(Name name) =>
        _credential = await node.Users.AskEntityAsync<UserCredential>(new UserQueries.ReadCredential(name), node.AskDeadline);
}
