using System.Xml.Linq;

namespace Conference.Protocol.Tests.Architecture;

/// <summary>References point one way: Node -> Actors -> Media -> Protocol; Client -> Protocol.</summary>
public sealed class ReferencesTests
{
    /// <summary>What each project may know, directly or through another.</summary>
    private static readonly Dictionary<string, string[]> _allowed = new()
    {
        ["Protocol"] = [],
        ["Media"] = ["Protocol"],
        ["Actors"] = ["Media", "Protocol"],
        ["Node"] = ["Actors", "Media", "Protocol"],
        ["Client"] = ["Protocol"],
    };

    public static TheoryData<string> Projects { get; } = [.. _allowed.Keys];

    [Fact]
    public void Every_project_under_src_has_its_place_in_the_order() =>
        Assert.Equal(
            _allowed.Keys.Order(),
            Directory.EnumerateFiles(RepositoryRoot.File("src"), "*.csproj", SearchOption.AllDirectories).Select(FolderOf).Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_point_one_way(string project) =>
        Assert.Subset(_allowed[project].ToHashSet(), References(project).ToHashSet());

    [Fact]
    public void Media_knows_of_the_protocol_only_how_rtp_is_laid_out() => Assert.DoesNotContain(
        Directory.EnumerateFiles(RepositoryRoot.File("src", "Media"), "*.cs", SearchOption.AllDirectories).SelectMany(File.ReadLines),
        line => line.Contains("Conference.Protocol", StringComparison.Ordinal) && !line.Contains("Conference.Protocol.Rtp", StringComparison.Ordinal));

    [Theory]
    [InlineData("Protocol")]
    [InlineData("Media")]
    public void Pure_projects_carry_the_list_of_banned_apis(string project)
    {
        var document = Project(project);
        Assert.Contains(document.Descendants("AdditionalFiles"), e =>
            e.Attribute("Include")?.Value == "../../build/BannedSymbols.Pure.txt" && e.Attribute("Link")?.Value == "BannedSymbols.txt");
        Assert.Contains(document.Descendants("PackageReference"), e =>
            e.Attribute("Include")?.Value == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
    }

    [Theory]
    [InlineData("N:System.Net.Sockets;")]
    [InlineData("P:System.DateTime.UtcNow;")]
    [InlineData("T:System.TimeProvider;")]
    [InlineData("T:System.Threading.Tasks.Task;")]
    [InlineData("T:System.Threading.Thread;")]
    public void The_list_bans_sockets_clocks_tasks_and_threads(string start) =>
        Assert.Contains(
            File.ReadLines(RepositoryRoot.File("build", "BannedSymbols.Pure.txt")),
            line => line.StartsWith(start, StringComparison.Ordinal));

    private static IEnumerable<string> References(string project) =>
        Project(project).Descendants("ProjectReference").Select(e => FolderOf(e.Attribute("Include")!.Value));

    private static XDocument Project(string project) => XDocument.Load(RepositoryRoot.File("src", project, $"Conference.{project}.csproj"));

    /// <summary>"../Media/Conference.Media.csproj" is Media.</summary>
    private static string FolderOf(string path) => Path.GetFileName(Path.GetDirectoryName(path.Replace('\\', '/')))!;
}
