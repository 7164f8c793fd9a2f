using Conference.Node.Links;

namespace Conference.Node.Tests.Links;

/// <summary>What is decided without a connection: proofs, protocols, waits.</summary>
public sealed class LinkDecisionTests
{
    private static readonly LinkSecret _secret = new("a secret of sixteen and more");
    private readonly byte[][] _seen = [.. Enumerable.Range(0, 4).Select(i => Enumerable.Repeat((byte)i, 32).ToArray())];

    [Fact]
    public void A_proof_holds_for_its_secret_its_side_and_all_that_was_seen()
    {
        byte[] proof = _secret.Prove(LinkRole.Dialer, Transcript());
        Assert.Equal(LinkSecret.ProofBytes, proof.Length);
        Assert.True(new LinkSecret("a secret of sixteen and more").IsProof(LinkRole.Dialer, Transcript(), proof));

        Assert.False(new LinkSecret("another one").IsProof(LinkRole.Dialer, Transcript(), proof));
        Assert.False(_secret.IsProof(LinkRole.Listener, Transcript(), proof));
        Assert.False(_secret.IsProof(LinkRole.Dialer, Transcript(), proof.AsSpan(1)));
        Assert.False(_secret.IsProof(LinkRole.Dialer, Transcript(), []));
        foreach (byte[] part in _seen)
        {
            part[0]++;
            Assert.False(_secret.IsProof(LinkRole.Dialer, Transcript(), proof));
            part[0]--;
        }

        Assert.True(_secret.IsProof(LinkRole.Dialer, Transcript(), proof));
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 2, 2, 3, 2)]
    [InlineData(1, 3, 1, 2, 2)]
    [InlineData(1, 1, 2, 2, null)]
    [InlineData(4, 9, 1, 3, null)]
    public void The_newest_protocol_that_both_speak_is_spoken(int min, int max, int otherMin, int otherMax, int? common)
    {
        Assert.Equal(common, new ProtocolRange(min, max).Common(new ProtocolRange(otherMin, otherMax)));
        Assert.Equal(common, new ProtocolRange(otherMin, otherMax).Common(new ProtocolRange(min, max)));
    }

    [Fact]
    public void Waits_double_up_to_the_last_and_are_spread()
    {
        var first = TimeSpan.FromMilliseconds(50);
        var last = TimeSpan.FromSeconds(2);
        var backoff = new Backoff(first, last, new Random(1));
        double[] steps = [50, 100, 200, 400, 800, 1600, 2000, 2000];
        foreach (double step in steps)
            Assert.InRange(backoff.Next().TotalMilliseconds, step / 2, step);
        for (int i = 0; i < 100; i++)
            Assert.InRange(backoff.Next(), last / 2, last);

        backoff.Reset();
        Assert.InRange(backoff.Next(), first / 2, first);
        Assert.NotEqual(new Backoff(first, last, new Random(2)).Next(), new Backoff(first, last, new Random(3)).Next());
    }

    [Fact]
    public void Every_refusal_goes_over_the_wire_and_comes_back_and_has_a_name_of_its_own()
    {
        var all = Enum.GetValues<LinkRefusal>();
        Assert.All(all, r => Assert.Equal(r, LinkRefusals.FromCloseStatus(r.ToCloseStatus())));
        Assert.Equal(all.Length, all.Select(r => r.Label()).Distinct().Count());
        Assert.Equal(LinkRefusal.Unreachable, LinkRefusals.FromCloseStatus(1000));
        Assert.Equal(LinkRefusal.Unreachable, LinkRefusals.FromCloseStatus(4999));
        Assert.Equal(LinkRefusal.Unreachable, LinkRefusals.FromCloseStatus(null));
    }

    private Transcript Transcript() => new()
    {
        DialerCertificate = _seen[0],
        ListenerCertificate = _seen[1],
        DialerHello = _seen[2],
        ListenerHello = _seen[3],
    };
}
