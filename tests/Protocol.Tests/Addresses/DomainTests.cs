using Conference.Protocol.Addresses;

namespace Conference.Protocol.Tests.Addresses;

public sealed class DomainTests
{
    [Theory]
    [InlineData("acme.example", "acme.example")]
    [InlineData("ACME.Example", "acme.example")]
    [InlineData("acme.example.", "acme.example")]
    [InlineData("acme.example\u3002", "acme.example")]
    [InlineData("b\u00FCcher.example", "xn--bcher-kva.example")]
    [InlineData("B\u00DCCHER.Example.", "xn--bcher-kva.example")]
    [InlineData("bu\u0308cher.example", "xn--bcher-kva.example")]
    [InlineData("XN--BCHER-KVA.example", "xn--bcher-kva.example")]
    [InlineData("\uFF41\uFF43\uFF4D\uFF45\uFF0Eexample", "acme.example")]
    [InlineData("stra\u00DFe.example", "xn--strae-oqa.example")]
    [InlineData("intranet", "intranet")]
    [InlineData("my_host.example", "my_host.example")]
    [InlineData("a--b.example", "a--b.example")]
    [InlineData("3com.example", "3com.example")]
    public void A_domain_has_one_form_however_it_is_written(string text, string normal)
    {
        Assert.Equal(normal, Domain.Parse(text).ToString());
        Assert.Equal(Domain.Parse(normal), Domain.Parse(text));
        Assert.Equal(Domain.Parse(text), Domain.Written(normal));
        Assert.False(Domain.Parse(text).IsDefault);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("acme.example..")]
    [InlineData(".acme.example")]
    [InlineData("acme..example")]
    [InlineData("-acme.example")]
    [InlineData("acme-.example")]
    [InlineData("ac me.example")]
    [InlineData("acme.example/")]
    [InlineData("joe@acme.example")]
    [InlineData("acme.example:4321")]
    [InlineData("*")]
    [InlineData("*.example")]
    [InlineData("xn--.example")]
    [InlineData("xn--b\u00FCcher.example")]
    [InlineData("xn--99999999999.example")]
    [InlineData("a\uD800.example")]
    [InlineData("a\u0000.example")]
    [InlineData("\u00AD")]
    public void What_is_none_is_refused(string text) => Assert.False(Domain.TryParse(text, out _));

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("[::1]")]
    [InlineData("::1")]
    [InlineData("2001:db8::7")]
    [InlineData("\uFF11\uFF12\uFF17.0.0.1")]
    public void An_address_is_no_domain(string text) => Assert.False(Domain.TryParse(text, out _));

    [Theory]
    [InlineData("default")]
    [InlineData("DEFAULT.")]
    [InlineData("localhost")]
    [InlineData("LocalHost")]
    public void Words_of_the_service_are_nobodys_domain(string text) => Assert.False(Domain.TryParse(text, out _));

    [Fact]
    public void What_is_too_long_is_refused_and_costs_nothing()
    {
        Assert.True(Domain.TryParse(new string('a', 63) + ".example", out _));
        Assert.False(Domain.TryParse(new string('a', 64) + ".example", out _));
        Assert.True(Domain.TryParse(Long(Domain.MaxLength), out _));
        Assert.False(Domain.TryParse(Long(Domain.MaxLength + 1), out _));
        Assert.False(Domain.TryParse(Long(300), out _));
        Assert.False(Domain.TryParse(new string('\u00FC', 1 << 20), out _));
        // Few characters that become many.
        Assert.False(Domain.TryParse(string.Concat(Enumerable.Repeat("\uFDFA.", 100)), out _));
    }

    [Fact]
    public void The_default_domain_has_a_word_of_its_own_where_it_is_written_down()
    {
        Assert.Equal("default", Domain.Default.ToString());
        Assert.True(Domain.Written("default").IsDefault);
        Assert.True(default(Domain).IsDefault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Acme.example")]
    [InlineData("acme.example.")]
    [InlineData("b\u00FCcher.example")]
    [InlineData("192.0.2.7")]
    [InlineData("localhost")]
    [InlineData("a/b")]
    public void What_no_node_wrote_is_refused(string text) => Assert.Throws<FormatException>(() => Domain.Written(text));

    private static string Long(int length)
    {
        string text = string.Concat(Enumerable.Repeat("abcdefghi.", (length / 10) + 1));
        return text[..(length - 1)].TrimEnd('.').PadRight(length, 'z');
    }
}
