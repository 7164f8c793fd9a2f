using Conference.Node.Settings;
using Microsoft.Extensions.Configuration;

namespace Conference.Node.Tests.Tracing;

public sealed class TraceSettingsTests
{
    [Theory]
    [InlineData(null, 1)]
    [InlineData("0", 0)]
    [InlineData("0.05", 0.05)]
    [InlineData("1.0", 1)]
    public void The_ratio_is_a_part_of_one_and_all_by_default(string? ratio, double expected) => Assert.Equal(expected, Read(ratio).Otlp!.TraceRatio);

    [Theory]
    [InlineData("1.01")]
    [InlineData("-0.5")]
    [InlineData("1e-3")]
    [InlineData("NaN")]
    [InlineData("half")]
    public void Anything_else_is_refused_by_name(string ratio) =>
        Assert.Contains(Assert.Throws<SettingsException>(() => Read(ratio)).Errors, e => e.StartsWith("Telemetry:TraceRatio ", StringComparison.Ordinal));

    private static NodeSettings Read(string? ratio) => NodeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(
        new Dictionary<string, string?> { ["Telemetry:Otlp"] = "http://127.0.0.1:4317", ["Telemetry:TraceRatio"] = ratio }).Build());
}
