using Conference.Protocol.Addresses;

namespace Conference.Protocol.Tests.Addresses;

public sealed class NameInDomainTests
{
    private static readonly Domain _acme = Domain.Parse("acme.example");

    [Fact]
    public void Who_is_called_alike_in_two_domains_is_two()
    {
        Name[] joes = [Name.Parse("joe"), Name.Parse("joe", _acme), Name.Parse("joe", Domain.Parse("globex.example"))];
        Assert.Equal(3, joes.Distinct().Count());
        Assert.Equal(["joe", "joe@acme.example", "joe@globex.example"], joes.Select(j => j.ToString()));
        Assert.All(joes, joe => Assert.Equal("joe", joe.Local));
        Assert.Equal([Domain.Default, _acme, Domain.Parse("globex.example")], joes.Select(j => j.Domain));
        Assert.All(joes, joe => Assert.Equal(joes[1], joe.In(_acme)));
    }

    [Fact]
    public void A_name_in_full_is_read_as_it_was_written_and_a_bare_one_is_of_the_default_domain()
    {
        Name[] names = [Name.Parse("joe"), Name.Parse("joe", _acme), Name.Parse("\u00E9mile", Domain.Parse("b\u00FCcher.example")), Name.Guest(7).In(_acme)];
        Assert.All(names, name =>
        {
            Assert.Equal(name, Name.Written(name.ToString()));
            Assert.Equal(name, Name.Written(name.Local, name.Domain));
        });
        Assert.Equal(Domain.Default, Name.Written("joe").Domain);
    }

    [Theory]
    [InlineData("@acme.example")]
    [InlineData("joe@")]
    [InlineData("joe@Acme.example")]
    [InlineData("joe@acme@example")]
    [InlineData("joe@192.0.2.7")]
    public void What_no_node_wrote_is_refused(string text) => Assert.Throws<FormatException>(() => Name.Written(text));

    [Fact]
    public void The_longest_name_fits_into_the_longest_domain()
    {
        var longest = Name.Parse(new string('n', Name.MaxBytes), Domain.Parse(string.Concat(Enumerable.Repeat("abcdefghi.", 18))[..^2]));
        Assert.Equal(longest, Name.Written(longest.ToString()));
        Assert.Throws<FormatException>(() => Name.Written(new string('n', Name.MaxBytes + 1), _acme));
    }

    [Fact]
    public void Nobody_parses_a_name_with_a_domain_in_it()
    {
        Assert.False(Name.TryParse("joe@acme.example", out _));
        Assert.False(Name.TryParse("joe@acme.example", _acme, out var name));
        Assert.Equal(default, name);
    }

    [Fact]
    public void Guests_and_operators_are_so_in_every_domain()
    {
        Assert.True(Name.Guest(7).In(_acme).IsGuest);
        Assert.True(Name.Operator.In(_acme).IsReserved);
        Assert.False(Name.Parse("operators", _acme).IsReserved);
    }
}
