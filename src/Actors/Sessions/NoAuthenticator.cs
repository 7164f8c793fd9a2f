using System.Net;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Sessions;

/// <summary>Where there are neither accounts nor tokens.</summary>
public sealed class NoAuthenticator : IAuthenticator
{
    public static NoAuthenticator Instance { get; } = new();

    public Task<SignInResult> VerifyPasswordAsync(IPAddress client, Name user, string password, Func<Task<UserCredential>> readCredential) =>
        Task.FromResult<SignInResult>(new SignInResult.Refused(SignInVerdict.WrongCredentials));

    public Task<SignInResult> VerifyTokenAsync(IPAddress client, string token) =>
        Task.FromResult<SignInResult>(new SignInResult.Refused(SignInVerdict.TokensNotAccepted));
}
