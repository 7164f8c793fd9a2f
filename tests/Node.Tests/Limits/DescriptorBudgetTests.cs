using Conference.Node.Limits;
using Conference.Node.Settings;
using Microsoft.Extensions.Configuration;

namespace Conference.Node.Tests.Limits;

public sealed class DescriptorBudgetTests
{
    [Theory]
    [InlineData(640)]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(65_536)]
    [InlineData(1_048_576)]
    [InlineData(int.MaxValue)]
    public void What_clients_may_have_never_comes_to_more_than_there_is(int limit)
    {
        foreach (string ports in (string[])["11000-11015", "11000-19999"])
        {
            var settings = Read(("Media:Ports", ports));
            var budget = DescriptorBudget.Of(limit, settings);

            // Each CONN has a socket, and each number in use one for each family.
            long sockets = budget.Ports + Math.Min(budget.Ports, 2L * (settings.Media.Ports.Last - settings.Media.Ports.First + 1));
            Assert.InRange(budget.Reserve + budget.Sessions + sockets + budget.HttpConnections + (2L * budget.WebConnections), 1, limit);
            Assert.InRange(budget.WebConnections, 8, 4096);
            Assert.InRange(budget.Sessions, 32, 50_000);
            Assert.InRange(budget.Ports, 16, int.MaxValue);
            Assert.InRange(budget.HttpConnections, 32, 8192);
        }
    }

    [Fact]
    public void A_node_without_browsers_keeps_nothing_for_them()
    {
        var budget = DescriptorBudget.Of(1024, Read(("Web:Port", "off")));
        Assert.Equal(0, budget.WebConnections);
        Assert.True(budget.Sessions > DescriptorBudget.Of(1024, Read()).Sessions);
    }

    [Fact]
    public void Where_there_are_enough_it_is_the_setting_that_counts() =>
        Assert.Equal(7000, DescriptorBudget.Of(100_000, Read(("Qcvc:MaxSessions", "7000"))).Sessions);

    [Theory]
    [InlineData(639, null)]
    [InlineData(895, "Host=db")]
    public void A_node_that_could_not_live_on_them_says_how_many_it_takes(int limit, string? postgres)
    {
        var settings = Read(("Store:Postgres", postgres));
        var refusal = Assert.Throws<SettingsException>(() => DescriptorBudget.Of(limit, settings));

        Assert.Equal([$"the limit of open files (ulimit -n) must be {limit + 1} or more, and is {limit}"], refusal.Errors);
        _ = DescriptorBudget.Of(limit + 1, settings);
    }

    private static NodeSettings Read(params (string Key, string? Value)[] settings) => NodeSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))).Build());
}
