using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Conference.Media.Transport.OpenSsl;
using Conference.Media.Web;

namespace Conference.Media.Tests.Web;

public sealed class DtlsTests : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly DtlsContext _context = new(DtlsCertificate.Make(DateTimeOffset.UtcNow), SrtpProfile.All);

    public void Dispose() => _context.Dispose();

    [Theory]
    [InlineData("SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80", "SRTP_AEAD_AES_128_GCM")]
    [InlineData("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", "SRTP_AEAD_AES_128_GCM")]
    [InlineData("SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80", "SRTP_AES128_CM_SHA1_80")]
    public void Both_sides_have_the_same_keys(string offered, string agreed)
    {
        using var client = new DtlsClient(offered);
        using var server = new DtlsSession(_context, [client.Certificate.Fingerprint]);
        Shake(client, server);
        Assert.Equal(DtlsState.Connected, server.State);
        Assert.True(client.IsDone);
        Assert.Equal(agreed, client.Profile);
        Assert.True(_context.Fingerprint.Matches(client.PeerCertificate()));
        SrtpProfile profile = SrtpProfile.All.Single(p => p.Name == agreed);
        (SrtpMaster mine, SrtpMaster theirs) = SrtpMaster.Split(profile, client.Export(profile.ExportBytes));
        using var browser = new SrtpSender(mine, SrtpCipher.Create);
        using var receiver = new SrtpReceiver(server.Receiving!, SrtpCipher.Create);
        using var sender = new SrtpSender(server.Sending!, SrtpCipher.Create);
        using var there = new SrtpReceiver(theirs, SrtpCipher.Create);
        Assert.Equal("up", Send(browser, receiver, "up"));
        Assert.Equal("down", Send(sender, there, "down"));
    }

    [Theory, InlineData(1200), InlineData(300), InlineData(256)]
    public void Flights_in_fragments_are_put_together(int mtu)
    {
        using var client = new DtlsClient(mtu: mtu);
        using var server = new DtlsSession(_context, [client.Certificate.Fingerprint]);
        int longest = 0;
        Shake(client, server, toServer: d =>
        {
            longest = Math.Max(longest, d.Length);
            return true;
        });
        Assert.Equal(DtlsState.Connected, server.State);
        Assert.InRange(longest, 1, mtu);
    }

    [Fact]
    public void A_hello_in_two_fragments_is_taken_as_Chromium_sends_it()
    {
        using var client = new DtlsClient();
        using var server = new DtlsSession(_context, [client.Certificate.Fingerprint]);
        client.Step();
        byte[] hello = Assert.Single(client.Take());
        // Fragment offset and length of RFC 6347 section 4.2.2; both halves say how long the whole is.
        int body = hello.Length - 25;
        byte[] Fragment(int from, int length, byte number)
        {
            byte[] fragment = [.. hello[..25], .. hello[(25 + from)..(25 + from + length)]];
            fragment[10] = number;
            (fragment[11], fragment[12]) = ((byte)((length + 12) >> 8), (byte)(length + 12));
            (fragment[20], fragment[21]) = ((byte)(from >> 8), (byte)from);
            (fragment[23], fragment[24]) = ((byte)(length >> 8), (byte)length);
            return fragment;
        }

        // The second comes first. Its record's number is one the client will not use.
        server.Receive(Fragment(100, body - 100, 40));
        Assert.Empty(Take(server));
        server.Receive(Fragment(0, 100, 0));
        foreach (byte[] datagram in Take(server))
            client.Receive(datagram);
        Shake(client, server);
        Assert.Equal(DtlsState.Connected, server.State);
    }

    [Fact]
    public void No_datagram_is_longer_than_a_path_takes()
    {
        using var client = new DtlsClient();
        using var server = new DtlsSession(_context, [client.Certificate.Fingerprint]);
        int datagrams = 0;
        Shake(client, server, toClient: d =>
        {
            datagrams++;
            Assert.InRange(d.Length, 13, DtlsSession.MaxDatagramBytes);
            return true;
        });
        // A flight is one datagram, not one for each record.
        Assert.InRange(datagrams, 2, 4);
    }

    [Fact]
    public void Handshakes_are_done_though_a_fifth_is_lost_and_the_rest_comes_out_of_order()
    {
        var pairs = Enumerable.Range(1, 8).Select(seed => new LossyPair(_context, seed)).ToList();
        var watch = Stopwatch.StartNew();
        // OpenSSL looks at the clock itself, so these wait for what it waits for, all at a time.
        while (!pairs.TrueForAll(p => p.IsDone) && watch.Elapsed < _deadline)
        {
            pairs.ForEach(p => p.Step());
            Thread.Yield();
        }

        Assert.All(pairs, p => Assert.Null(p.Server.Failure));
        Assert.All(pairs, p => Assert.True(p.IsDone, $"seed {p.Seed}: {p.Server.State}"));
        pairs.ForEach(p => p.Dispose());
    }

    [Fact]
    public void The_last_flight_is_sent_again_to_who_repeats_theirs()
    {
        using var client = new DtlsClient();
        using var server = new DtlsSession(_context, [client.Certificate.Fingerprint]);
        client.Step();
        List<byte[]> last = [];
        for (int i = 0; i < 4 && server.State != DtlsState.Connected; i++)
        {
            last = client.Take();
            last.ForEach(d => server.Receive(d));
            // The last one is lost.
            Take(server).ForEach(d => { if (server.State != DtlsState.Connected) client.Receive(d); });
        }

        Assert.Equal(DtlsState.Connected, server.State);
        Assert.False(client.IsDone);
        var watch = Stopwatch.StartNew();
        while (!client.IsDone && watch.Elapsed < _deadline)
        {
            client.HandleTimeout();
            client.Take().ForEach(d => server.Receive(d));
            Take(server).ForEach(d => client.Receive(d));
            Thread.Yield();
        }

        Assert.True(client.IsDone);
    }

    [Fact]
    public void Another_certificate_than_the_offer_names_gets_no_keys_and_no_answer()
    {
        using var client = new DtlsClient();
        using var server = new DtlsSession(_context, [DtlsCertificate.Make(DateTimeOffset.UtcNow).Fingerprint]);
        Shake(client, server);
        Assert.Equal(DtlsState.Failed, server.State);
        Assert.Contains("not the one the offer names", server.Failure, StringComparison.Ordinal);
        Assert.Null(server.Receiving);
        Assert.False(client.IsDone);
        // It stays so.
        client.Step();
        server.Receive([22, 1, 2, 3]);
        server.HandleTimeout();
        Assert.Empty(Take(server));
        Assert.Equal(DtlsState.Failed, server.State);
    }

    [Fact]
    public void One_of_several_fingerprints_is_enough()
    {
        using var client = new DtlsClient();
        CertificateFingerprint other = DtlsCertificate.Make(DateTimeOffset.UtcNow).Fingerprint;
        using var server = new DtlsSession(_context, [other, client.Certificate.Fingerprint]);
        Shake(client, server);
        Assert.Equal(DtlsState.Connected, server.State);
        using var none = new DtlsClient();
        using var nobody = new DtlsSession(_context, []);
        Shake(none, nobody);
        Assert.Equal(DtlsState.Failed, nobody.State);
    }

    [Theory, InlineData(null), InlineData("SRTP_AES128_CM_SHA1_32")]
    public void Without_a_profile_of_ours_there_is_no_session(string? profiles)
    {
        using var client = new DtlsClient(profiles);
        using var server = new DtlsSession(_context, [client.Certificate.Fingerprint]);
        Shake(client, server);
        Assert.Equal(DtlsState.Failed, server.State);
        Assert.Contains("SRTP", server.Failure, StringComparison.Ordinal);
        Assert.False(client.IsDone);
    }

    [Fact]
    public void Who_shows_no_certificate_is_refused()
    {
        using var client = new DtlsClient(hasCertificate: false);
        using var server = new DtlsSession(_context, [client.Certificate.Fingerprint]);
        Shake(client, server);
        Assert.Equal(DtlsState.Failed, server.State);
        Assert.Contains("certificate", server.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_goodbye_is_heard_and_said()
    {
        using var client = new DtlsClient();
        using var server = new DtlsSession(_context, [client.Certificate.Fingerprint]);
        Shake(client, server);
        client.Close();
        client.Take().ForEach(d => server.Receive(d));
        Assert.Equal(DtlsState.Closed, server.State);

        using var second = new DtlsClient();
        using var other = new DtlsSession(_context, [second.Certificate.Fingerprint]);
        Shake(second, other);
        other.Close();
        Take(other).ForEach(d => second.Receive(d));
        Assert.Equal(DtlsState.Closed, other.State);
        Assert.True(second.IsClosed);
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Nonsense_changes_nothing(int seed)
    {
        using var client = new DtlsClient();
        using var server = new DtlsSession(_context, [client.Certificate.Fingerprint]);
        var random = new Random(seed);
        void Disturb()
        {
            byte[] nonsense = new byte[random.Next(0, 1500)];
            random.NextBytes(nonsense);
            if (nonsense.Length > 0)
                nonsense[0] = (byte)random.Next(20, 64);
            server.Receive(nonsense);
        }

        for (int i = 0; i < 200; i++)
            Disturb();
        Shake(client, server, toServer: _ =>
        {
            Disturb();
            return true;
        });
        Assert.Equal(DtlsState.Connected, server.State);
        for (int i = 0; i < 200; i++)
            Disturb();
        Assert.Equal(DtlsState.Connected, server.State);
    }

    [Fact]
    public void A_thousand_begun_ones_are_a_thousand_objects_and_no_thread()
    {
        using var client = new DtlsClient();
        client.Step();
        byte[] hello = client.Take()[0];
        int threads = Process.GetCurrentProcess().Threads.Count;
        List<DtlsSession> begun = [];
        for (int i = 0; i < 1000; i++)
        {
            begun.Add(new DtlsSession(_context, [client.Certificate.Fingerprint]));
            begun[^1].Receive(hello);
            Assert.True(Take(begun[^1]).Sum(d => d.Length) < 2000);
        }

        Assert.All(begun, s => Assert.True(s.State == DtlsState.Handshaking && s.Timeout is not null));
        Assert.InRange(Process.GetCurrentProcess().Threads.Count, 1, threads + 50);
        begun.ForEach(s => s.Dispose());
    }

    [Theory, InlineData("SRTP_AEAD_AES_128_GCM"), InlineData("SRTP_AES128_CM_SHA1_80")]
    public async Task The_command_of_OpenSSL_reads_the_same_keys(string name)
    {
        SrtpProfile profile = SrtpProfile.All.Single(p => p.Name == name);
        DtlsCertificate certificate = DtlsCertificate.Make(DateTimeOffset.UtcNow);
        string folder = Directory.CreateTempSubdirectory("dtls").FullName;
        string Pem(string label, ReadOnlySpan<byte> der)
        {
            string path = Path.Combine(folder, label[..2] + ".pem");
            File.WriteAllText(path, System.Security.Cryptography.PemEncoding.WriteString(label, der));
            return path;
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var server = new DtlsSession(_context, [certificate.Fingerprint]);
        var start = new ProcessStartInfo("openssl") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in (string[])["s_client", "-dtls1_2", "-mtu", "400", "-connect", socket.LocalEndPoint!.ToString()!, "-use_srtp", name,
            "-cert", Pem("CERTIFICATE", certificate.Der.Span), "-key", Pem("EC PRIVATE KEY", certificate.PrivateKey.Span),
            "-keymatexport", SrtpMaster.ExportLabel, "-keymatexportlen", profile.ExportBytes.ToString()])
        {
            start.ArgumentList.Add(argument);
        }

        using Process client = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(_deadline);
        byte[] buffer = new byte[2000];
        while (server.State == DtlsState.Handshaking)
        {
            SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), deadline.Token);
            server.Receive(buffer.AsSpan(0, received.ReceivedBytes));
            foreach (byte[] datagram in Take(server))
                await socket.SendToAsync(datagram, received.RemoteEndPoint, deadline.Token);
        }

        Assert.Equal(DtlsState.Connected, server.State);
        const string Heading = "    Keying material: ";
        string? line = "";
        while (line?.StartsWith(Heading, StringComparison.Ordinal) == false)
            line = await client.StandardOutput.ReadLineAsync(deadline.Token);
        client.Kill();
        Directory.Delete(folder, recursive: true);
        Assert.NotNull(line);
        (SrtpMaster browser, SrtpMaster ours) = SrtpMaster.Split(profile, Convert.FromHexString(line[Heading.Length..]));
        Assert.Equal(browser.Key.ToArray(), server.Receiving!.Key.ToArray());
        Assert.Equal(browser.Salt.ToArray(), server.Receiving.Salt.ToArray());
        Assert.Equal(ours.Key.ToArray(), server.Sending!.Key.ToArray());
        Assert.Equal(ours.Salt.ToArray(), server.Sending.Salt.ToArray());
    }

    [Fact]
    public void A_system_without_OpenSSL_is_told_in_a_sentence()
    {
        Assert.True(OpenSslLibrary.IsAvailable, OpenSslLibrary.Missing);
        Assert.Equal(
            "Browsers cannot join: this system has no libcrypto.so.99 (OpenSSL 3).",
            OpenSslLibrary.Probe("libcrypto.so.99", "SSL_new", LibSsl.Name));
        Assert.Contains("lacks SSL_of_tomorrow", OpenSslLibrary.Probe(LibCrypto.Name, "SSL_of_tomorrow", LibSsl.Name), StringComparison.Ordinal);
    }

    private static List<byte[]> Take(DtlsSession server)
    {
        List<byte[]> datagrams = [];
        byte[] buffer = new byte[DtlsSession.MaxDatagramBytes];
        for (int length = server.Take(buffer); length > 0; length = server.Take(buffer))
            datagrams.Add(buffer[..length]);
        return datagrams;
    }

    /// <summary>Until neither has anything more to say.</summary>
    private static void Shake(DtlsClient client, DtlsSession server, Func<byte[], bool>? toServer = null, Func<byte[], bool>? toClient = null)
    {
        client.Step();
        while (true)
        {
            List<byte[]> up = client.Take();
            foreach (byte[] datagram in up.Where(d => toServer?.Invoke(d) != false))
                server.Receive(datagram);
            List<byte[]> down = Take(server);
            foreach (byte[] datagram in down.Where(d => toClient?.Invoke(d) != false))
                client.Receive(datagram);
            if (up.Count == 0 && down.Count == 0)
                return;
        }
    }

    private static string Send(SrtpSender from, SrtpReceiver to, string text)
    {
        byte[] packet = Support.Packets.Rtp(1, 1, text);
        byte[] buffer = [.. packet, .. new byte[16]];
        int length = from.Seal(buffer, 12, packet.AsSpan(12));
        Assert.Equal(SrtpOutcome.Opened, to.Open(buffer.AsSpan(0, length), buffer, out length));
        return System.Text.Encoding.ASCII.GetString(buffer.AsSpan(12, length - 12));
    }

    /// <summary>A handshake over a path that loses a fifth and swaps neighbours.</summary>
    private sealed class LossyPair : IDisposable
    {
        private readonly Random _random;
        private readonly DtlsClient _client = new(mtu: 500);
        private readonly List<byte[]> _up = [];
        private readonly List<byte[]> _down = [];

        public LossyPair(DtlsContext context, int seed)
        {
            Seed = seed;
            _random = new Random(seed);
            Server = new DtlsSession(context, [_client.Certificate.Fingerprint]);
            _client.Step();
        }

        public int Seed { get; }

        public DtlsSession Server { get; }

        public bool IsDone => _client.IsDone && Server.State == DtlsState.Connected;

        public void Step()
        {
            if (Server.Timeout == TimeSpan.Zero)
                Server.HandleTimeout();
            _client.HandleTimeout();
            Carry(_client.Take(), _up, d => Server.Receive(d));
            Carry(Take(Server), _down, d => _client.Receive(d));
        }

        public void Dispose()
        {
            _client.Dispose();
            Server.Dispose();
        }

        private void Carry(List<byte[]> sent, List<byte[]> path, Action<byte[]> receive)
        {
            path.AddRange(sent.Where(_ => _random.NextDouble() >= 0.2));
            for (int i = 1; i < path.Count; i++)
            {
                if (_random.Next(4) == 0)
                    (path[i - 1], path[i]) = (path[i], path[i - 1]);
            }

            path.ForEach(d => receive(d));
            path.Clear();
        }
    }
}
