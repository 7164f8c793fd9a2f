using Conference.Node.SignIn;

namespace Conference.Node.Tests.SignIn;

public sealed class PasswordHasherTests
{
    private readonly PasswordHasher _hasher = new(iterations: 1000);

    [Fact]
    public void A_password_is_known_again_and_another_is_not()
    {
        string hash = _hasher.Hash("correct horse");
        Assert.True(_hasher.Verify("correct horse", hash));
        Assert.False(_hasher.Verify("correct horse ", hash));
        Assert.False(_hasher.Verify("Correct horse", hash));
        Assert.False(_hasher.Verify("", hash));
    }

    [Fact]
    public void A_hash_says_how_it_was_made_and_no_two_are_the_same()
    {
        string hash = _hasher.Hash("secret");
        Assert.Matches(@"^pbkdf2-sha512\$1000\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$", hash);
        Assert.NotEqual(hash, _hasher.Hash("secret"));
        Assert.DoesNotContain("secret", hash, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_letters_are_the_same_password_however_they_are_typed() =>
        Assert.True(_hasher.Verify("e\u0301te\u0301", _hasher.Hash("\u00E9t\u00E9")));

    [Theory]
    [InlineData("\uFFFE")]
    [InlineData("\uD800")]
    [InlineData("\0")]
    public void No_text_at_all_throws(string password) => Assert.True(_hasher.Verify(password, _hasher.Hash(password)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("pbkdf2-sha512$1000$AAAA$AAAA")]
    [InlineData("pbkdf2-sha512$0$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha512$2000000000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$1000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha512$1000$********************==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void What_is_no_hash_of_ours_lets_nobody_in(string? hash) => Assert.False(_hasher.Verify("secret", hash));

    [Fact]
    public void A_hash_of_a_cheaper_time_still_works()
    {
        string old = new PasswordHasher(iterations: 500).Hash("secret");
        Assert.True(_hasher.Verify("secret", old));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no hash of ours")]
    public void An_account_there_is_not_costs_as_much_as_one_there_is(string? kept)
    {
        var derived = new List<(int Password, int Salt, int Iterations)>();
        var hasher = new PasswordHasher(1000, (password, salt, iterations) =>
        {
            derived.Add((password.Length, salt.Length, iterations));
            return [.. Enumerable.Repeat((byte)password.Length, 32)];
        });
        Assert.False(hasher.Verify("wrong", hasher.Hash("secret")));
        Assert.False(hasher.Verify("wrong", kept));
        // What making the hash took, and then twice the same, which is all that takes time.
        Assert.Equal([(6, 16, 1000), (5, 16, 1000), (5, 16, 1000)], derived);
    }
}
