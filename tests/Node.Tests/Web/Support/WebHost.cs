using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Akka.Actor;
using Akka.Hosting;
using Conference.Actors.Sessions;
using Conference.Actors.Sessions.Limits;
using Conference.Actors.Tests.Support;
using Conference.Media;
using Conference.Node.Limits;
using Conference.Node.Metrics;
using Conference.Node.Qcvc;
using Conference.Node.Settings;
using Conference.Node.Web;
using Conference.Node.Web.Whip;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Conference.Node.Tests.Web.Support;

/// <summary>All that browsers ask of a node by HTTP, on a real server of its own, over a media plane that only remembers.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ActorSystem _system = ActorSystem.Create("web", "akka.loglevel = ERROR");

    private WebHost(string[] settings, ClientLimits limits)
    {
        var read = NodeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(s => s.Split('=', 2)).Select(p => KeyValuePair.Create(p[0], (string?)p[1]))).Build());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(read).AddSingleton<IMediaPlane>(Plane)
            .AddSingleton(_system).AddSingleton<NodeActors>().AddSingleton<SessionGate>()
            .AddSingleton(new MemoryReserve(() => (0, 1), () => { }, TimeProvider.System, NullLogger<MemoryReserve>.Instance))
            .AddSingleton(new AddressLimits(limits, TimeProvider.System))
            .AddSingleton(new CommandMetrics(MetricsServices.CreateFactory(new CollectorRegistry())))
            .AddSingleton(new ClientPlaces(new SemaphoreSlim(100))).AddProblemDetails().AddWeb(read.Web, _ => origin => origin == Neighbour);
        Sessions = _system.ActorOf(Props.Create(() => new StubSessions(Plane)));
        ActorRegistry.For(_system).Register<SessionsActor>(Sessions);
        _app = builder.Build();
        _app.UseWebSockets();
        _app.UseRouting();
        _app.UseCors();
        _app.MapWeb();
        _app.MapWhip();
    }

    /// <summary>The origin of another node's pages.</summary>
    public const string Neighbour = "http://10.0.0.2:8080";

    public RecordingMediaPlane Plane { get; } = new();

    /// <summary>Told a text, it refuses everybody with it.</summary>
    public IActorRef Sessions { get; }

    public HttpClient Http { get; } = new();

    public Uri Address { get; private set; } = null!;

    public static async Task<WebHost> StartAsync(params string[] settings) => await StartAsync(ClientLimits.None, settings);

    public static async Task<WebHost> StartAsync(ClientLimits limits, params string[] settings)
    {
        var host = new WebHost(settings, limits);
        await host._app.StartAsync();
        host.Address = new Uri(host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        host.Http.BaseAddress = host.Address;
        return host;
    }

    public static string Offer(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Offers", name + ".sdp")).ReplaceLineEndings("\n");

    public Task<LineSocket> ConnectAsync(string? origin = null) => LineSocket.ConnectAsync(new Uri($"ws://{Address.Authority}/qcvc"), origin);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/sdp", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await _system.Terminate();
    }
}
