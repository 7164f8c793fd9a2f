using System.Net;
using Conference.Client;
using Conference.Client.Connections;
using Conference.Client.Load;
using Conference.Deploy.Tests.Support;
using Conference.Integration.Tests;

namespace Conference.Deploy.Tests.Grafana;

/// <summary>A node with TLS, and members that send.</summary>
public sealed class NodeUnderLoad : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conference-live-");
    private readonly CancellationTokenSource _enough = new();
    private Task _load = null!;

    public NodeProcess Node { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Node = await NodeProcess.StartAsync(await TlsFiles.WriteAsync(_folder));

        // Somebody who has no token.
        Assert.Equal((int)HttpStatusCode.Unauthorized, (await Node.GetAsync("/api/v1/rooms")).Status);
        // The first to come waits for code that has never run; on a busy machine longer than a client may have to.
        await Eventually.IsTrueAsync(IsJoinedAsync, TimeSpan.FromMinutes(1));
        _load = Task.WhenAll(SendAsync(), ComeAndGoAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        try
        {
            await _load;
        }
        catch (OperationCanceledException)
        {
            // It had not joined yet.
        }

        await Node.DisposeAsync();
        _enough.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task<LoadReport> SendAsync() => LoadRunner.RunAsync(
        Options with { Clients = 30, Rooms = 3, Rate = 50, Duration = TimeSpan.FromMinutes(5), From = IPAddress.Parse("127.1.0.1") }, cancel: _enough.Token);

    private async Task<bool> IsJoinedAsync()
    {
        try
        {
            await LoadRunner.RunAsync(Options with { Clients = 1, Rate = 10, Duration = TimeSpan.FromMilliseconds(100) }, cancel: _enough.Token);
            return true;
        }
        catch (QcvcException)
        {
            return false;
        }
    }

    /// <summary>Joins are counted by rates, which need some in every second.</summary>
    private async Task ComeAndGoAsync()
    {
        while (!_enough.IsCancellationRequested)
        {
            await LoadRunner.RunAsync(
                Options with { Clients = 3, Rate = 10, Duration = TimeSpan.FromSeconds(1), From = IPAddress.Parse("127.2.0.1") }, cancel: _enough.Token);
        }
    }

    private LoadOptions Options => new(new QcvcAddress("", "127.0.0.1", Node.Port));
}
