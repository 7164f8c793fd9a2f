using System.Net;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Users;
using Conference.Node.SignIn;
using Conference.Node.SignIn.Tokens;
using Conference.Node.Tests.SignIn.Tokens;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.Tests.SignIn;

public sealed class AuthenticatorTests : IDisposable
{
    private static readonly IPAddress _client = IPAddress.Parse("192.0.2.1");
    private static readonly SessionId _session = new(1);
    private static readonly Name _joe = Name.Parse("joe");

    private readonly PasswordHasher _hasher = new(1000);
    private readonly PasswordWorkers _workers;
    private readonly Authenticator _authenticator;
    private int _read;

    public AuthenticatorTests()
    {
        _workers = new PasswordWorkers(_hasher, 2);
        var secret = KeyReader.ReadSecret(TestTokens.Secret);
        _authenticator = new Authenticator(_workers, new TokenValidator(() => secret, null), new SignInThrottle(), new FixedTime());
    }

    public void Dispose() => _workers.Dispose();

    [Fact]
    public async Task The_right_password_proves_it_and_a_wrong_one_does_not()
    {
        string hash = _hasher.Hash("secret");
        Assert.Equal(new SignInResult.Proved(_joe, SessionGrants.Everything), await TryAsync("secret", hash));
        Assert.Equal(SignInVerdict.WrongCredentials, Why(await TryAsync("wrong", hash)));
        Assert.Equal(SignInVerdict.WrongCredentials, Why(await TryAsync("secret", null)));
    }

    [Fact]
    public async Task Who_fails_too_often_is_refused_unseen_and_the_store_is_not_asked()
    {
        for (int i = 0; i <= SignInThrottle.FreePerAccount; i++)
            Assert.Equal(SignInVerdict.WrongCredentials, Why(await TryAsync("wrong", null)));
        int read = _read;
        Assert.Equal(SignInVerdict.Throttled, Why(await TryAsync("secret", _hasher.Hash("secret"))));
        Assert.Equal(read, _read);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_nobodys_failure()
    {
        for (int i = 0; i < 100; i++)
            await Assert.ThrowsAsync<TimeoutException>(() => _authenticator.VerifyPasswordAsync(_client, _joe, "x", () => throw new TimeoutException()));
        Assert.IsType<SignInResult.Proved>(await TryAsync("secret", _hasher.Hash("secret")));
    }

    [Fact]
    public async Task Bad_tokens_slow_their_address_down_and_good_ones_always_get_in()
    {
        string good = TestTokens.Hs256(TestTokens.Claims());
        for (int i = 0; i < 100; i++)
            Assert.IsType<SignInResult.Proved>(await _authenticator.VerifyTokenAsync(_client, _session, good));
        for (int i = 0; i <= SignInThrottle.FreePerAddress; i++)
            Assert.Equal(SignInVerdict.TokenMalformed, Why(await _authenticator.VerifyTokenAsync(_client, _session, "x")));
        Assert.Equal(SignInVerdict.Throttled, Why(await _authenticator.VerifyTokenAsync(_client, _session, "x")));
        Assert.Equal(SignInVerdict.Throttled, Why(await TryAsync("secret", _hasher.Hash("secret"))));
        Assert.IsType<SignInResult.Proved>(await _authenticator.VerifyTokenAsync(_client, _session, good));
    }

    [Fact]
    public async Task Without_a_key_no_token_is_accepted()
    {
        var without = new Authenticator(_workers, new TokenValidator(null, null), new SignInThrottle(), new FixedTime());
        Assert.Equal(SignInVerdict.TokensNotAccepted, Why(await without.VerifyTokenAsync(_client, _session, TestTokens.Hs256(TestTokens.Claims()))));
    }

    private Task<SignInResult> TryAsync(string password, string? hash) => _authenticator.VerifyPasswordAsync(_client, _joe, password, () =>
    {
        _read++;
        return Task.FromResult(new UserCredential(hash));
    });

    private static SignInVerdict Why(SignInResult result) => Assert.IsType<SignInResult.Refused>(result).Why;

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => TestTokens.Now;

        public override long GetTimestamp() => 0;
    }
}
