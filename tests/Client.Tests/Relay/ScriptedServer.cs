using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Conference.Client.Tests.Relay;

/// <summary>A server that does exactly what a test says, byte by byte, for one client.</summary>
public sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener;

    /// <param name="script">What it does with its client.</param>
    /// <param name="address">An IPv4 address of this machine; loopback unless told.</param>
    public ScriptedServer(Func<Stream, Task> script, IPAddress? address = null)
    {
        _listener = new(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        Address = new QcvcAddress("joe", (address ?? IPAddress.Loopback).ToString(), ((IPEndPoint)_listener.LocalEndpoint).Port);
        _ = Task.Run(async () =>
        {
            using var client = await _listener.AcceptTcpClientAsync();
            await script(client.GetStream());
        });
    }

    public QcvcAddress Address { get; }

    public static async Task SayAsync(Stream stream, string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads until so many lines have come.</summary>
    public static async Task<string[]> HearAsync(Stream stream, int lines)
    {
        var text = new StringBuilder();
        byte[] one = new byte[1];
        for (int seen = 0; seen < lines && await stream.ReadAsync(one) == 1;)
        {
            text.Append((char)one[0]);
            seen += one[0] == '\n' ? 1 : 0;
        }

        return text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose() => _listener.Dispose();
}
