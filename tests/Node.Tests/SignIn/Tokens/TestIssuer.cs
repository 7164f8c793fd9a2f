using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Conference.Node.Tests.SignIn.Tokens;

/// <summary>An issuer on this machine, as OpenID Connect discovery finds it. It can go away, and come back at the same address.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private WebApplication? _server;
    private int _port;

    public string Authority => $"http://127.0.0.1:{_port}";

    /// <summary>What it says of itself; itself where it is null.</summary>
    public string? Issuer { get; set; }

    /// <summary>Where it says its keys are; at itself where it is null.</summary>
    public string? JwksUri { get; set; }

    /// <summary>A JWKS.</summary>
    public string Keys { get; set; } = """{"keys":[]}""";

    public static async Task<TestIssuer> StartAsync(string keys)
    {
        var issuer = new TestIssuer { Keys = keys };
        await issuer.ComeAsync();
        return issuer;
    }

    public async Task ComeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, _port));
        _server = builder.Build();
        _server.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, string>
        {
            ["issuer"] = Issuer ?? Authority,
            ["jwks_uri"] = JwksUri ?? Authority + "/keys",
        }));
        _server.MapGet("/keys", () => Results.Text(Keys, "application/jwk-set+json"));
        await _server.StartAsync();
        _port = new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    public async Task GoAsync()
    {
        if (_server is { } server)
            await server.DisposeAsync();
        _server = null;
    }

    public async ValueTask DisposeAsync() => await GoAsync();
}
