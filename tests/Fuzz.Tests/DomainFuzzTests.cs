using System.Net;
using Conference.Protocol.Addresses;

namespace Conference.Fuzz.Tests;

/// <summary>Whatever stands behind an <c>@</c>: it is a domain in its one form, or none, and nothing throws.</summary>
public sealed class DomainFuzzTests
{
    private const int InputsPerSeed = 2_000;

    private static readonly string[] _pieces =
    [
        ".", "..", "-", "_", "@", "/", "*", ":", "[", "]", "xn--", "XN--", "xn--bcher-kva", "acme", "Example", "default", "localhost", "127.0.0.1", "0x7f", "::1", "\u3002", "\uFF0E", "\u00FC",
        "U\u0308", "\u00DF", "\u03C2", "\u200D", "\u200C", "\u00AD", "\u202E", "\u0130", "\uD800", "\uFDFA", "\u6F22", "\u05D0", "1", "99999999999", "\0", " ", "\uFF11", "a\u0338", "\U0001F600",
    ];

    [Fact]
    public void A_host_is_read_whatever_it_is() => Fuzzing.Run(Fuzzing.Short, 1, Target);

    [Fact, Trait("Category", "Soak")]
    public void A_host_is_read_whatever_it_is_for_long() => Fuzzing.Run(Fuzzing.Long, 1_000_000, Target);

    private static void Target(int seed)
    {
        var random = new Random(seed);
        var hosts = new ServedHosts(["conference.example.org", "acme.example", "*"], [IPAddress.Loopback]);
        for (int i = 0; i < InputsPerSeed; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => _pieces[random.Next(_pieces.Length)]));
            if (random.Next(50) == 0)
                text = string.Concat(Enumerable.Repeat(text, 100));
            Read(text, hosts);
        }
    }

    private static void Read(string text, ServedHosts hosts)
    {
        _ = hosts.Find(text);
        if (!Domain.TryParse(text, out var domain))
            return;
        string normal = domain.ToString();
        Assert.InRange(normal.Length, 1, Domain.MaxLength);
        Assert.True(Domain.TryParse(normal, out var again) && again == domain, text);
        Assert.Equal(domain, Domain.Written(normal));
        Assert.Equal(domain, Domain.Parse(normal.ToUpperInvariant() + "."));
        Assert.False(ServedHosts.TryParseAddress(normal, out _), text);
        var name = Name.Parse("joe", domain);
        Assert.Equal(name, Name.Written(name.ToString()));
    }
}
