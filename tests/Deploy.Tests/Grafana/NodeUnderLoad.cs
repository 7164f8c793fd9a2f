using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Conference.Client;
using Conference.Client.Load;
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
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        string certificatePath = Path.Join(_folder.FullName, "tls.crt"), keyPath = Path.Join(_folder.FullName, "tls.key");
        await File.WriteAllTextAsync(certificatePath, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyPath, key.ExportPkcs8PrivateKeyPem());
        Node = await NodeProcess.StartAsync($"Tls:Certificate={certificatePath}", $"Tls:Key={keyPath}");

        // Somebody who has no token.
        Assert.Equal((int)HttpStatusCode.Unauthorized, (await Node.GetAsync("/api/v1/rooms")).Status);
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
