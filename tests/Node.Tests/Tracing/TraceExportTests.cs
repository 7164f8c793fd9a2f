using Conference.Node.Settings;
using Conference.Node.Tracing;
using Conference.Protocol.Commands;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Conference.Node.Tests.Tracing;

[Collection(nameof(TracedHere))]
public sealed class TraceExportTests
{
    [Theory]
    [InlineData(true, "/v1/traces")]
    [InlineData(false, "/opentelemetry.proto.collector.trace.v1.TraceService/Export")]
    public async Task A_collector_is_sent_spans_in_either_way_and_who_sends_them(bool isHttp, string expected)
    {
        await using var collector = await Collector.StartAsync(isHttp ? HttpProtocols.Http1 : HttpProtocols.Http2);

        using (new TraceExport(new OtlpTarget(new OtlpSettings(collector.Address, isHttp), "node-7"), ratio: 1))
            NodeTracing.EndCommand(NodeTracing.StartCommand(Verb.Helo)!, 201);

        var (path, sent) = await collector.ReceiveAsync();
        Assert.Equal(expected, path);
        Assert.Contains("HELO", sent, StringComparison.Ordinal);
        Assert.Contains("node-7", sent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ratio_of_nothing_records_nothing_but_what_a_caller_records()
    {
        using var export = new TraceExport(new OtlpTarget(new OtlpSettings(new Uri("http://127.0.0.1:9"), IsHttp: true), "node-7"), ratio: 0);
        Assert.Null(NodeTracing.StartCommand(Verb.Helo));
        Assert.Null(NodeTracing.StartRequest("PUT", "/", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"));
        using var followed = NodeTracing.StartRequest("PUT", "/", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        Assert.NotNull(followed);
    }
}
