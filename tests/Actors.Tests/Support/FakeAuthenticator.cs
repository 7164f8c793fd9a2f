using System.Net;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Support;

/// <summary>Says what the test says; the password "secret" is everybody's.</summary>
public sealed class FakeAuthenticator : IAuthenticator
{
    public Func<string, SignInResult> Tokens { get; set; } = _ => new SignInResult.Refused(SignInVerdict.TokenMalformed);

    /// <summary>What was read of users, null for no account.</summary>
    public List<string?> Read { get; } = [];

    /// <summary>How long it takes to look at a password.</summary>
    public Task Check { get; set; } = Task.CompletedTask;

    public IPAddress? LastClient { get; private set; }

    public async Task<SignInResult> VerifyPasswordAsync(IPAddress client, Name user, string password, Func<Task<UserCredential>> readCredential)
    {
        LastClient = client;
        Read.Add((await readCredential()).PasswordHash);
        await Check;
        return password == "secret"
            ? new SignInResult.Proved(user, SessionGrants.Everything)
            : new SignInResult.Refused(SignInVerdict.WrongCredentials);
    }

    public Task<SignInResult> VerifyTokenAsync(IPAddress client, SessionId session, string token) => Task.FromResult(Tokens(token));

    public Task<RoomPasswordVerdict> VerifyRoomPasswordAsync(IPAddress client, Name room, string password, string hash) =>
        Task.FromResult(hash == $"kept {password}" ? RoomPasswordVerdict.Right : RoomPasswordVerdict.Wrong);

    public Task<string?> HashRoomPasswordAsync(string password) => Task.FromResult<string?>($"kept {password}");
}
