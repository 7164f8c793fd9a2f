using System.Net;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Users;
using Conference.Node.SignIn.Tokens;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.SignIn;

/// <summary>Passwords by <see cref="PasswordWorkers"/>, tokens by <see cref="TokenValidator"/>; wrong ones no more often than <see cref="SignInThrottle"/> lets.</summary>
/// <param name="passwords">The slow work.</param>
/// <param name="tokens">Tokens of the operator's issuer, and those made by the API.</param>
/// <param name="throttle">This node's own; used under a lock.</param>
/// <param name="time">The clock.</param>
/// <param name="used">Tokens that are good once; null: all are good as often as they are shown.</param>
public sealed class Authenticator(
    PasswordWorkers passwords, TokenValidator tokens, SignInThrottle throttle, TimeProvider time, UsedTokens? used = null) : IAuthenticator
{
    private readonly Lock _gate = new();

    /// <summary>Of rooms' passwords: who guesses one keeps nobody from signing in.</summary>
    private readonly SignInThrottle _rooms = new();

    private readonly long _started = time.GetTimestamp();

    public async Task<SignInResult> VerifyPasswordAsync(
        IPAddress client, Name user, string password, Func<Task<UserCredential>> readCredential)
    {
        // Before anything is read: a name that is tried and tried must not cost the store anything.
        if (!MayTry(throttle, client, user))
            return new SignInResult.Refused(SignInVerdict.Throttled);
        bool? isRight = null;
        try
        {
            var credential = await readCredential();
            isRight = await passwords.VerifyAsync(password, credential.PasswordHash);
        }
        finally
        {
            Settle(throttle, isRight, client, user);
        }

        return isRight switch
        {
            true => new SignInResult.Proved(user, SessionGrants.Everything),
            false => new SignInResult.Refused(SignInVerdict.WrongCredentials),
            null => new SignInResult.Refused(SignInVerdict.Busy),
        };
    }

    public async Task<SignInResult> VerifyTokenAsync(IPAddress client, SessionId session, string token)
    {
        // A signature takes up to a tenth of a millisecond: too long for an actor's turn.
        var result = await Task.Run(() => tokens.ValidateAsync(token, time.GetUtcNow()));
        if (result is SignInResult.Proved proved && used is not null)
            result = await used.UseAsync(proved, session);
        // Nobody guesses a signature, so a good token is let in whatever else its address does: one broken client must not keep
        // everybody out who shares an address with it. Bad ones count, and slow down who tries passwords from there.
        return result is SignInResult.Proved || MayTry(throttle, client, null) ? result : new SignInResult.Refused(SignInVerdict.Throttled);
    }

    public async Task<RoomPasswordVerdict> VerifyRoomPasswordAsync(IPAddress client, Name room, string password, string hash)
    {
        if (!MayTry(_rooms, client, room))
            return RoomPasswordVerdict.Throttled;
        bool? isRight = null;
        try
        {
            isRight = await passwords.VerifyAsync(password, hash);
        }
        finally
        {
            Settle(_rooms, isRight, client, room);
        }

        return isRight switch
        {
            true => RoomPasswordVerdict.Right,
            false => RoomPasswordVerdict.Wrong,
            null => RoomPasswordVerdict.Throttled,
        };
    }

    public Task<string?> HashRoomPasswordAsync(string password) => passwords.HashAsync(password);

    /// <param name="tries">Where the try counts.</param>
    private bool MayTry(SignInThrottle tries, IPAddress client, Name? name)
    {
        lock (_gate)
            return tries.MayTry(time.GetElapsedTime(_started), client, name);
    }

    /// <param name="tries">Where it was tried.</param>
    /// <param name="isRight">Null when nobody looked.</param>
    private void Settle(SignInThrottle tries, bool? isRight, IPAddress client, Name? name)
    {
        lock (_gate)
        {
            if (isRight is true)
                tries.Succeeded(time.GetElapsedTime(_started), client, name);
            else if (isRight is null)
                tries.Withdraw(time.GetElapsedTime(_started), client, name);
        }
    }
}
