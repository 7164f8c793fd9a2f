using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Conference.Node.Tests.Tracing;

/// <summary>Somebody who is sent telemetry, and keeps the first of it.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication _server;
    private readonly TaskCompletionSource<(string Path, string Body)> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Collector(HttpProtocols protocols)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = protocols));
        _server = builder.Build();
        _server.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _received.TrySetResult((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
        });
    }

    public Uri Address => new(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<Collector> StartAsync(HttpProtocols protocols)
    {
        var collector = new Collector(protocols);
        await collector._server.StartAsync();
        return collector;
    }

    /// <summary>What it is sent first, byte by byte a character.</summary>
    public Task<(string Path, string Body)> ReceiveAsync() => _received.Task.WaitAsync(_patience);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
