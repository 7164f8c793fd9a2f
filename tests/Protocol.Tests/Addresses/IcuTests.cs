using System.Text.RegularExpressions;
using Conference.Protocol.Addresses;

namespace Conference.Protocol.Tests.Addresses;

public sealed partial class IcuTests
{
    [Fact]
    public void This_machine_has_it() => Assert.Null(Icu.Problem());

    [Fact]
    public void Names_and_normal_forms_go_by_one_version_of_it()
    {
        // Of two versions on one machine, .NET takes the newer one.
        var loaded = File.ReadLines("/proc/self/maps").Select(line => Library().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value).Distinct();
        Assert.Single(loaded);
    }

    [GeneratedRegex(@"/libicuuc\.so\.(\d+)")]
    private static partial Regex Library();
}
