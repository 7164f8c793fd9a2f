using System.Text.Json;
using System.Text.RegularExpressions;

namespace Conference.Integration.Tests.Operations;

/// <summary>Every line of the log says when, in UTC, however lines are written.</summary>
public sealed partial class LogTests
{
    [Theory]
    [InlineData("auto")]
    [InlineData("json")]
    public async Task Lines_of_json_have_a_time_in_utc(string format)
    {
        await using var node = await NodeProcess.StartAsync(InAnotherZone, $"Log:Format={format}");
        string[] lines = [.. node.Output.Split('\n').Where(l => l.StartsWith('{'))];
        Assert.NotEmpty(lines);
        Assert.All(lines, line => IsNow(JsonDocument.Parse(line).RootElement.GetProperty("Timestamp").GetString()!));
    }

    [Fact]
    public async Task Lines_of_text_begin_with_a_time_in_utc()
    {
        await using var node = await NodeProcess.StartAsync(InAnotherZone, "Log:Format=text");
        string[] lines = [.. node.Output.Split('\n').Where(l => l.Contains("Conference.Node", StringComparison.Ordinal) && !l.Contains("src/", StringComparison.Ordinal))];
        Assert.NotEmpty(lines);
        Assert.All(lines, line => IsNow(line.Split(' ')[0]));
        Assert.DoesNotContain(node.Output, "{\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_format_is_no_format()
    {
        var (exitCode, output) = await NodeProcess.RunAsync("Log:Format=xml");
        Assert.Equal(2, exitCode);
        Assert.Contains("Log:Format must be one of auto, text, json", output, StringComparison.Ordinal);
    }

    private static NodeLaunch InAnotherZone => new() { Environment = new Dictionary<string, string> { ["TZ"] = "Asia/Tokyo" } };

    private static void IsNow(string time)
    {
        Assert.Matches(Time(), time);
        var age = DateTimeOffset.UtcNow - DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(age, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(10));
    }

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$")]
    private static partial Regex Time();
}
