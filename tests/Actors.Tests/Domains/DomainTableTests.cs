using Conference.Actors.Domains;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Domains;

public sealed class DomainTableTests
{
    private static readonly Domain _acme = Domain.Parse("acme.example"), _globex = Domain.Parse("globex.example");
    private static readonly DomainRules _rules = new(MaxMembers: 7);

    private readonly DomainTable _table = new(new ServedHosts(["conference.example.org", "globex.example"], [], [new("www.acme.example", "acme.example")]));

    [Fact]
    public void A_domain_is_served_once_it_is_known_and_by_its_other_names_too()
    {
        Assert.Null(_table.Find("acme.example"));
        Assert.Null(_table.Find("www.acme.example"));
        Assert.True(_table.Take(Record(_acme, DomainStanding.Open, 1)));
        Assert.Equal(_acme, _table.Find("ACME.example."));
        Assert.Equal(_acme, _table.Find("www.acme.example"));
        Assert.Equal(_rules, _table.RulesOf(_acme));
        Assert.Equal(Domain.Default, _table.Find("conference.example.org"));
        Assert.Equal(["acme.example", "default", "globex.example"], _table.All.Select(d => d.ToString()));
    }

    [Fact]
    public void What_is_older_than_what_is_known_means_nothing()
    {
        _table.Take(Record(_acme, DomainStanding.Removing, 2));
        Assert.False(_table.Take(Record(_acme, DomainStanding.Open, 1)));
        Assert.False(_table.Take(Record(_acme, DomainStanding.Removing, 2)));
        Assert.False(_table.Has(_acme));
        Assert.Equal([_acme], _table.Removing);
        Assert.True(_table.Take(Record(_acme, DomainStanding.None, 3)));
        Assert.Empty(_table.Removing);
        Assert.True(_table.Take(Record(_acme, DomainStanding.Open, 4)));
        Assert.True(_table.Has(_acme));
    }

    [Fact]
    public void Rules_of_a_domain_that_is_not_there_do_not_hold()
    {
        _table.Take(Record(_acme, DomainStanding.Removing, 2));
        Assert.Equal(DomainRules.None, _table.RulesOf(_acme));
        Assert.Equal(DomainRules.None, _table.RulesOf(Domain.Parse("nobody.example")));
    }

    [Fact]
    public void What_settings_name_is_there_from_the_start_and_may_have_rules()
    {
        Assert.Equal(_globex, _table.Find("globex.example"));
        Assert.True(_table.IsNamed(_globex));
        Assert.True(_table.IsNamed(Domain.Default));
        _table.Take(Record(_globex, DomainStanding.Open, 1));
        _table.Take(Record(Domain.Default, DomainStanding.Open, 1));
        Assert.Equal(_rules, _table.RulesOf(_globex));
        Assert.Equal(_rules, _table.RulesOf(Domain.Default));
    }

    [Fact]
    public void A_star_takes_a_name_only_when_nothing_of_its_domain_is_left()
    {
        var table = new DomainTable(new ServedHosts(["*"], []));
        Assert.Equal(Domain.Default, table.Find("acme.example"));
        table.Take(Record(_acme, DomainStanding.Open, 1));
        Assert.Equal(_acme, table.Find("acme.example"));
        table.Take(Record(_acme, DomainStanding.Removing, 2));
        Assert.Null(table.Find("acme.example"));
        table.Take(Record(_acme, DomainStanding.None, 3));
        Assert.Equal(Domain.Default, table.Find("acme.example"));
    }

    [Theory]
    [InlineData("default", "default")]
    [InlineData("localhost", "default")]
    [InlineData("Conference.example.org.", "default")]
    [InlineData("www.acme.example", "acme.example")]
    [InlineData("nobody.example", "nobody.example")]
    [InlineData("127.0.0.1", null)]
    [InlineData("[::1]", null)]
    [InlineData("*", null)]
    [InlineData("", null)]
    public void An_operator_means_a_domain_by_any_of_its_names(string text, string? domain) => Assert.Equal(domain, _table.Named(text)?.ToString());

    [Fact]
    public async Task Many_threads_may_take_and_read_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(part => Task.Run(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                var domain = Domain.Parse($"d{i}.example");
                _table.Take(Record(domain, DomainStanding.Open, part));
                Assert.True(_table.Has(domain));
            }
        })));
        Assert.Equal(502, _table.All.Count());
        Assert.All(Enumerable.Range(0, 500), i => Assert.Equal(3, _table.RecordOf(Domain.Parse($"d{i}.example"))!.Version));
    }

    private static DomainRecord Record(Domain domain, DomainStanding standing, long version) => new(domain, standing, _rules, version);
}
