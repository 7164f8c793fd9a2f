using Conference.Node.SignIn;

namespace Conference.Node.Tests.SignIn;

public sealed class PasswordWorkersTests
{
    [Fact]
    public async Task It_verifies_what_it_hashed()
    {
        using var workers = new PasswordWorkers(new PasswordHasher(1000), cores: 2);
        string? hash = await workers.HashAsync("secret");
        Assert.True(await workers.VerifyAsync("secret", hash));
        Assert.False(await workers.VerifyAsync("wrong", hash));
    }

    [Fact]
    public async Task Beyond_its_queue_it_says_so_at_once_and_recovers()
    {
        using var workers = new PasswordWorkers(new PasswordHasher(50_000), cores: 1);
        int most = 1 + PasswordWorkers.QueuedPerCore;
        var tries = Enumerable.Range(0, most + 10).Select(_ => workers.VerifyAsync("secret", null)).ToArray();
        bool?[] results = await Task.WhenAll(tries);
        // Some may have been done before the last came.
        Assert.InRange(results.Count(r => r is null), 1, 10);
        Assert.False(await workers.VerifyAsync("secret", null));
    }
}
