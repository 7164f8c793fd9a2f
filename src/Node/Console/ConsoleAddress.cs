using System.Globalization;
using System.Net.Sockets;
using Conference.Node.Settings;
using Conference.Protocol.Addresses;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Conference.Node.Console;

/// <summary>Where browsers find a node's console: another node's page offers it when its own node is gone.</summary>
internal static class ConsoleAddress
{
    /// <param name="settings">Of this node.</param>
    /// <param name="server">Once it listens, which is when the port is known.</param>
    /// <returns>A URL.</returns>
    public static string Of(NodeSettings settings, IServer server)
    {
        if (settings.Http.Advertise is { } advertised)
            return advertised;
        var address = settings.Http.Address.IsEvery() ? settings.Cluster.Advertise : settings.Http.Address;
        string host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        // The last that was asked for.
        string? bound = server.Features.Get<IServerAddressesFeature>()?.Addresses.LastOrDefault();
        int port = settings.Http.Port == 0 && bound is not null ? new Uri(bound).Port : settings.Http.Port;
        return string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}/");
    }
}
