using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Conference.Bench.Sessions;

namespace Conference.Bench.SignIns;

/// <summary>A whole node: sign-ins through its socket, and what idle TLS sessions cost it.</summary>
internal static class NodeWork
{
    private const string Secret = "an HS256 secret of more than thirty-two bytes";

    /// <summary>Connect, greeting, AUTH BEARER, QUIT; eight clients at once.</summary>
    public static async Task SignInAsync(TimeSpan length)
    {
        using var node = BenchNode.Start($"Auth:JwtKey={Secret}");
        await RunAsync(node, TimeSpan.FromSeconds(2));
        double cpu = node.CpuSeconds;
        long count = await RunAsync(node, length);
        cpu = node.CpuSeconds - cpu;
        Work.Print(
            "whole sessions: connect, AUTH BEARER (HS256), QUIT",
            string.Create(CultureInfo.InvariantCulture, $"{count / length.TotalSeconds:N0}/s, {count / cpu:N0} per CPU second of the node"));
    }

    public static async Task IdleTlsAsync(int sessions)
    {
        string folder = Directory.CreateTempSubdirectory("conference-bench-").FullName;
        try
        {
            using var node = BenchNode.Start([.. Certificate(folder), "Qcvc:TlsPort=0"]);
            foreach (var (what, connect) in ((string, Func<Task<IDisposable>>)[])
                [("clear", () => ClearAsync(node)), ("TLS", () => EncryptedAsync(node))])
            {
                for (int i = 0; i < 300; i++)
                    (await connect()).Dispose();
                await Task.Delay(3000);
                double before = node.ResidentKiB;
                double cpu = node.CpuSeconds;
                var open = new List<IDisposable>();
                for (int i = 0; i < sessions; i++)
                    open.Add(await connect());
                cpu = node.CpuSeconds - cpu;
                await Task.Delay(5000);
                Work.Print(
                    string.Create(CultureInfo.InvariantCulture, $"memory of an idle {what} session, {sessions:N0} of them"),
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{(node.ResidentKiB - before) / sessions:F1} KiB; to open one {cpu / sessions * 1e6:N0} us of the node's CPU"));
                open.ForEach(o => o.Dispose());
                await Task.Delay(2000);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<long> RunAsync(BenchNode node, TimeSpan length)
    {
        string token = Token();
        var clock = Stopwatch.StartNew();
        long[] counts = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            long count = 0;
            while (clock.Elapsed < length)
            {
                using var socket = await ConnectAsync(node.Port, i);
                using var reader = new StreamReader(new NetworkStream(socket));
                await ExpectAsync(reader, "100 ");
                await socket.SendAsync(Encoding.ASCII.GetBytes($"AUTH BEARER {token}\r\nQUIT\r\n"));
                await ExpectAsync(reader, "204 ");
                await ExpectAsync(reader, "421 ");
                count++;
            }

            return count;
        }));
        return counts.Sum();
    }

    private static async Task<IDisposable> ClearAsync(BenchNode node)
    {
        var socket = await ConnectAsync(node.Port, 1);
        using var reader = new StreamReader(new NetworkStream(socket), leaveOpen: true);
        await ExpectAsync(reader, "100 ");
        return socket;
    }

    private static async Task<IDisposable> EncryptedAsync(BenchNode node)
    {
        var stream = new SslStream(new NetworkStream(await ConnectAsync(node.TlsPort, 1), ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "bench.test",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        using var reader = new StreamReader(stream, leaveOpen: true);
        await ExpectAsync(reader, "100 ");
        return stream;
    }

    private static async Task<Socket> ConnectAsync(int port, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(new IPAddress([127, 21, 0, (byte)(number + 1)]), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task ExpectAsync(StreamReader reader, string start)
    {
        string? line = await reader.ReadLineAsync();
        if (line?.StartsWith(start, StringComparison.Ordinal) != true)
            throw new IOException($"expected {start}, heard {line}");
    }

    private static string Token()
    {
        string text = $"{Encode("""{"alg":"HS256"}""")}.{Encode("""{"sub":"joe","exp":4000000000}""")}";
        return $"{text}.{System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Encode(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string[] Certificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=bench.test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string certificatePath = Path.Combine(folder, "tls.crt");
        string keyPath = Path.Combine(folder, "tls.key");
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return [$"Tls:Certificate={certificatePath}", $"Tls:Key={keyPath}"];
    }
}
