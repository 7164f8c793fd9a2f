namespace Conference.Integration.Tests.Operations;

public sealed class WithoutIcuTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conference-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_machine_without_icu_stops_the_start_with_one_sentence()
    {
        // The linker finds these first, sees that they are no libraries, and does not look any further.
        foreach (string library in Directory.EnumerateFiles(FolderOfIcu(), "libicu*.so*"))
            File.WriteAllText(Path.Combine(_folder.FullName, Path.GetFileName(library)), "");

        await RefusedAsync("LD_LIBRARY_PATH", _folder.FullName, "names need ICU, and libicuuc and libicui18n (58 or later) are not on this machine");
    }

    [Fact]
    public async Task So_does_a_runtime_that_is_told_to_do_without() =>
        await RefusedAsync("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "true", "names need ICU, and .NET is told to do without it");

    /// <summary>Where .NET has found it for this process.</summary>
    private static string FolderOfIcu()
    {
        _ = "\u00E9".Normalize();
        string library = File.ReadLines("/proc/self/maps").First(line => line.Contains("/libicuuc.so", StringComparison.Ordinal));
        return Path.GetDirectoryName(library[library.IndexOf('/', StringComparison.Ordinal)..])!;
    }

    private static async Task RefusedAsync(string variable, string value, string sentence)
    {
        var launch = new NodeLaunch { Environment = new Dictionary<string, string> { [variable] = value } };
        var (exitCode, output) = await NodeProcess.RunAsync(launch, "Qcvc:Port=0", "Http:Port=0");

        Assert.Equal(2, exitCode);
        Assert.StartsWith(sentence, output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
    }
}
