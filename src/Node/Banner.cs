using System.Globalization;
using Conference.Node.Api;
using Conference.Node.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Conference.Node;

/// <summary>
/// What a person needs to know once the node is up. On a terminal it is a few lines that go to standard output as they are; where standard output is collected it is
/// one event of the log, which others read, so that the admin token is not in it.
/// </summary>
internal static class Banner
{
    public static void Print(WebApplication app, NodeSettings settings)
    {
        // In the order they were asked for: QCVC first, then HTTP.
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(a => new Uri(a)).ToArray();
        var (qcvc, tls, http) = (addresses[0], settings.Qcvc.TlsPort is null ? null : addresses[1], addresses[^1]);
        var token = app.Services.GetRequiredService<AdminToken>();
        if (System.Console.IsOutputRedirected)
            Log(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Banner).FullName!), settings, qcvc, tls, http, token);
        else
            System.Console.Out.WriteLine(Text(settings, qcvc, tls, http, token));
    }

    private static void Log(ILogger log, NodeSettings settings, Uri qcvc, Uri? tls, Uri http, AdminToken token)
    {
        Node.Log.Ready(
            log, EndPoint(qcvc), tls is null ? "off" : EndPoint(tls), $"http://{EndPoint(http)}/", $"{settings.Media.Ports.First}-{settings.Media.Ports.Last}",
            settings.Store.Place);
        if (token.IsMade)
            Node.Log.TokenUntold(log);
    }

    private static string Text(NodeSettings settings, Uri qcvc, Uri? tls, Uri http, AdminToken token)
    {
        string host = Shown(qcvc);
        string room = $"standup@{host}" + (qcvc.Port == QcvcSettings.WellKnownPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{qcvc.Port}"));
        string withTls = tls is null ? "" : $"""

              with TLS openssl s_client -quiet -connect {EndPoint(tls)}
            """;
        // Behind the #, which browsers keep to themselves: the token is in no request line and in no log.
        string signIn = token.IsMade ? $"#token={token.Text}" : "  (sign in with Http:AdminToken)";
        return $"""

            Conference is ready.

              join     ./qcvc call {room} --name joe
              browser  http://{EndPoint(http)}/join/standup
              by hand  telnet {host} {qcvc.Port}, then HELO standup@{host}{withTls}
              console  http://{EndPoint(http)}/{signIn}
              api      http://{EndPoint(http)}/api/v1/rooms, admin token {(token.IsMade ? token.Text : "as configured")}
                       http://{EndPoint(http)}/api/docs says what there is
              media    UDP {settings.Media.Ports.First}-{settings.Media.Ports.Last}
              data     {settings.Store.Place}

            Ctrl+C stops it.
            """;
    }

    private static string EndPoint(Uri address) => string.Create(CultureInfo.InvariantCulture, $"{Shown(address)}:{address.Port}");

    private static string Shown(Uri address) =>
        address.Host is "[::]" or "0.0.0.0" or "*" ? "127.0.0.1" : address.Host;
}
