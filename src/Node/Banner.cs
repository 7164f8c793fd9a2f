using System.Globalization;
using Conference.Node.Api;
using Conference.Node.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Conference.Node;

/// <summary>The few lines a person needs once the node is up. For people, not for logs: it goes to standard output as it is.</summary>
internal static class Banner
{
    public static void Print(WebApplication app, NodeSettings settings)
    {
        // In the order they were asked for: QCVC first, then HTTP.
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(a => new Uri(a)).ToArray();
        string host = Shown(addresses[0]);
        string port = addresses[0].Port.ToString(CultureInfo.InvariantCulture);
        string portOption = addresses[0].Port == 4321 ? "" : $" --port {port}";
        string tls = settings.Qcvc.TlsPort is null ? "" : $"""

              with TLS openssl s_client -quiet -connect {host}:{addresses[1].Port}
            """;
        var token = app.Services.GetRequiredService<AdminToken>();
        // Behind the #, which browsers keep to themselves: the token is in no request line and in no log.
        string signIn = token.IsMade ? $"#token={token.Text}" : "  (sign in with Http:AdminToken)";
        System.Console.Out.WriteLine($"""

            Conference is ready.

              join     qcvc call standup@{host}{portOption}
                       (dotnet run -c Release --project src/Client -- call standup@{host}{portOption})
              by hand  telnet {host} {port}, then HELO standup@{host}{tls}
              console  http://{Shown(addresses[^1])}:{addresses[^1].Port}/{signIn}
              api      http://{Shown(addresses[^1])}:{addresses[^1].Port}/api/v1/rooms, admin token {(token.IsMade ? token.Text : "as configured")}
                       http://{Shown(addresses[^1])}:{addresses[^1].Port}/api/docs says what there is
              media    UDP {settings.Media.Ports.First}-{settings.Media.Ports.Last}

            Ctrl+C stops it.
            """);
    }

    private static string Shown(Uri address) =>
        address.Host is "[::]" or "0.0.0.0" or "*" ? "127.0.0.1" : address.Host;
}
