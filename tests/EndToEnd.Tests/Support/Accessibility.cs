using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace Conference.EndToEnd.Tests.Support;

/// <summary>What a person who does not see a page, or not its colours, would stumble over.</summary>
internal static class Accessibility
{
    private static readonly string _check = File.ReadAllText(Path.Combine(Folder(), "accessibility.js"));

    /// <param name="page">As it is now.</param>
    /// <param name="where">What it shows, for who reads of a failure.</param>
    public static async Task IsCleanAsync(IPage page, string where)
    {
        string[] complaints = await page.EvaluateAsync<string[]>(_check);
        Assert.True(complaints.Length == 0, $"{where}:\n{string.Join('\n', complaints)}");
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
