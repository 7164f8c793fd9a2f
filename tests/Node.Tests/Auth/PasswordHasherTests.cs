using System.Diagnostics;
using Conference.Node.Auth;

namespace Conference.Node.Tests.Auth;

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

    /// <summary>The least of several, so that a busy machine does not decide.</summary>
    [Fact]
    public void An_account_there_is_not_costs_as_much_as_one_there_is()
    {
        var hasher = new PasswordHasher(iterations: 20_000);
        string hash = hasher.Hash("secret");
        _ = hasher.Verify("warm", null);
        double there = Least(() => hasher.Verify("wrong", hash));
        double notThere = Least(() => hasher.Verify("wrong", null));
        Assert.InRange(notThere / there, 0.6, 1.6);

        static double Least(Func<bool> work) => Enumerable.Range(0, 12).Min(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            Assert.False(work());
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
    }
}
