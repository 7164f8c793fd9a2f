using System.Text;
using Conference.Node.Files;

namespace Conference.Node.Tests.Files;

public sealed class ReloadingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("conference-test-").FullName;
    private readonly List<string> _told = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_change_is_taken_up_once_it_stands_still()
    {
        string path = Write("a", "1");
        var file = Watch(path);
        Assert.Equal("1", file.Current);

        Write("a", "2");
        file.Refresh();
        Assert.Equal("1", file.Current);
        Write("a", "23");
        file.Refresh();
        Assert.Equal("1", file.Current);
        file.Refresh();
        Assert.Equal("23", file.Current);
        file.Refresh();
        Assert.Equal(["new 23"], _told);
    }

    [Fact]
    public void What_is_bad_leaves_what_was_good_and_is_told_once()
    {
        string path = Write("a", "1");
        var file = Watch(path);
        Write("a", "bad");
        for (int i = 0; i < 5; i++)
            file.Refresh();
        Assert.Equal("1", file.Current);
        Assert.Equal(["bad"], _told);

        Write("a", "2");
        file.Refresh();
        file.Refresh();
        Assert.Equal("2", file.Current);
    }

    [Fact]
    public void A_file_that_is_gone_for_a_while_is_told_once_and_leaves_what_was()
    {
        string path = Write("a", "1");
        var file = Watch(path);
        File.Delete(path);
        for (int i = 0; i < 5; i++)
            file.Refresh();
        Assert.Equal("1", file.Current);
        Assert.Single(_told);

        Write("a", "2");
        file.Refresh();
        file.Refresh();
        Assert.Equal("2", file.Current);
    }

    /// <summary>Kubernetes mounts a secret as links whose last one but one is swapped.</summary>
    [Fact]
    public void A_swapped_link_is_a_change()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "v1"));
        Directory.CreateDirectory(Path.Combine(_folder, "v2"));
        Write("v1/key", "1");
        Write("v2/key", "2");
        string data = Path.Combine(_folder, "data");
        Directory.CreateSymbolicLink(data, Path.Combine(_folder, "v1"));
        string path = Path.Combine(_folder, "key");
        File.CreateSymbolicLink(path, Path.Combine(data, "key"));
        var file = Watch(path);

        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, Path.Combine(_folder, "v2"));
        file.Refresh();
        file.Refresh();
        Assert.Equal("2", file.Current);
    }

    [Fact]
    public void What_is_not_there_at_the_start_stops_it() => Assert.Throws<FileNotFoundException>(() => Watch(Path.Combine(_folder, "none")));

    private Reloading<string> Watch(string path) => new(
        [path],
        files => Encoding.UTF8.GetString(files[0]) is var text && text == "bad" ? throw new FormatException("bad") : text,
        text => _told.Add($"new {text}"),
        e => _told.Add(e is FormatException ? e.Message : "gone"));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
