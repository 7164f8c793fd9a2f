using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Conference.Actors.Cluster;
using Conference.Actors.TestKit;
using Conference.Node.Links;
using Conference.Node.Links.Protos;
using Conference.Node.Tests.Links.Support;
using Google.Protobuf;

namespace Conference.Node.Tests.Links;

/// <summary>What may come to the port that is not a node of the cluster: refused, counted by reason, named once, and no trouble to those who are.</summary>
public sealed class HostileLinkTests : IAsyncLifetime
{
    private static readonly NodeId _peerId = LinkHost.IdOf(1);

    private readonly VirtualTime _time = new();
    private LinkHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await LinkHost.StartAsync(5, time: _time);
        _host.Cluster.Set(Absent(_peerId), _host.Node);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Random_bytes_are_refused()
    {
        byte[] bytes = new byte[4096];
        new Random(1).NextBytes(bytes);
        for (int i = 0; i < 20; i++)
        {
            using var client = await ConnectAsync();
            await client.GetStream().WriteAsync(bytes);
            await ReadToEndAsync(client.GetStream());
        }

        await RefusedAsync("tls", 20);
        await StillLinksAsync();
    }

    [Fact]
    public async Task Tls_without_a_certificate_is_refused()
    {
        using var client = await ConnectAsync();
        await using var tls = new SslStream(client.GetStream());
        var options = LinkCredentials.SelfSigned(_time).ForDialer(_ => { });
        options.ClientCertificateContext = null;
        await tls.AuthenticateAsClientAsync(options);
        await ReadToEndAsync(tls);

        await RefusedAsync("tls", 1);
    }

    [Fact]
    public async Task What_is_no_web_socket_is_refused()
    {
        using var client = await ConnectAsync();
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(LinkCredentials.SelfSigned(_time).ForDialer(_ => { }));
        await tls.WriteAsync("GET /link HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await ReadToEndAsync(tls);
        await Assert.ThrowsAsync<WebSocketException>(() => Stranger.ConnectAsync(_host, path: "/elsewhere"));

        await RefusedAsync("http", 2);
    }

    [Fact]
    public async Task A_port_that_is_only_looked_at_is_not_worth_a_word()
    {
        for (int i = 0; i < 10; i++)
        {
            using var client = await ConnectAsync();
            var stream = client.GetStream();
            client.Client.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(stream);
        }

        Assert.DoesNotContain(_host.Log.Lines, l => l.Contains("refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_thousand_connections_that_say_nothing_keep_no_node_out_and_are_ended()
    {
        var silent = new List<TcpClient>();
        while (silent.Count < 1000)
        {
            for (int i = 0; i < 100; i++)
                silent.Add(await ConnectAsync());
            // In steps, so that the kernel's own queue does not overflow where this machine is slow.
            await RefusedAsync("too_many", silent.Count - _host.Options.Limits.Unproven);
        }

        await StillLinksAsync();

        _time.Advance(_host.Options.Timings.Handshake);
        foreach (var client in silent)
            await ReadToEndAsync(client.GetStream());
        // One less: it made room for the node that came.
        await RefusedAsync("timeout", _host.Options.Limits.Unproven - 1);
        Assert.Equal(2, _host.Log.Lines.Count(l => l.Contains("refused", StringComparison.Ordinal)));
        silent.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task A_handshake_that_stops_half_way_is_ended()
    {
        await using var afterTls = await Stranger.ConnectAsync(_host);
        await using var afterHello = await Stranger.ConnectAsync(_host);
        await afterHello.SendAsync(HelloOf(_peerId).ToByteArray());
        await afterHello.ReceiveAsync();

        _time.Advance(_host.Options.Timings.Handshake);

        await afterTls.EndAsync();
        await afterHello.EndAsync();
        await RefusedAsync("timeout", 2);
    }

    [Fact]
    public async Task A_handshake_of_another_conversation_is_no_proof()
    {
        // Everything a node has said, once again: the listener's nonce is another.
        await using var genuine = await Stranger.ConnectAsync(_host);
        byte[] hello = HelloOf(_peerId).ToByteArray();
        await genuine.SendAsync(hello);
        byte[] answer = Answer(genuine, hello, await genuine.ReceiveAsync(), LinkHost.DefaultOptions().Secret);
        await genuine.SendAsync(answer);
        await genuine.ReceiveAsync();
        Assert.Equal("up a", await _host.Recorder.NextAsync());

        await using var replay = await Stranger.ConnectAsync(_host, genuine.Credentials);
        await replay.SendAsync(hello);
        await replay.ReceiveAsync();
        await replay.SendAsync(answer);

        Assert.Equal(LinkRefusal.Secret.ToCloseStatus(), await replay.EndAsync());
        await RefusedAsync("secret", 1);
        Assert.True(_host.IsLinkedTo(_peerId));
    }

    [Fact]
    public async Task The_listeners_own_proof_is_not_the_dialers()
    {
        await using var mirror = await Stranger.ConnectAsync(_host);
        await mirror.SendAsync(HelloOf(_peerId).ToByteArray());
        var challenge = Challenge.Parser.ParseFrom(await mirror.ReceiveAsync());
        await mirror.SendAsync(new Answer { Proof = challenge.Proof }.ToByteArray());

        Assert.Equal(LinkRefusal.Secret.ToCloseStatus(), await mirror.EndAsync());
    }

    [Fact]
    public async Task A_dialer_with_another_secret_finds_out_first_and_both_sides_say_so()
    {
        await using var a = await LinkHost.StartAsync(1, o => o with { Secret = new LinkSecret("the secret of another cluster") });
        a.Cluster.Set(a.Node, _host.Node);
        _host.Cluster.Set(a.Node, _host.Node);

        await RefusedAsync("secret", 1);
        await LinkHost.UntilAsync(() => a.Refused("secret") >= 1);
        Assert.Contains(a.Log.Lines, l => l.StartsWith("no link to node e", StringComparison.Ordinal) && l.Contains("secret", StringComparison.Ordinal));
        Assert.Contains(_host.Log.Lines, l => l.Contains("secret, says the other side", StringComparison.Ordinal));
        Assert.Empty(_host.Recorder.Rest());
    }

    [Fact]
    public async Task A_dialer_says_nothing_more_to_a_listener_that_proves_nothing()
    {
        await using var stranger = await Stranger.ConnectAsync(_host);
        var refused = await Assert.ThrowsAsync<LinkRefusedException>(
            () => stranger.ShakeHandsAsync(_host, _peerId, o => o with { Secret = new LinkSecret("the secret of another cluster") }));

        Assert.True(refused is { Refusal: LinkRefusal.Secret, IsOurs: true });
    }

    [Fact]
    public async Task Whoever_sits_between_two_nodes_is_found_out_by_both()
    {
        await using var a = await LinkHost.StartAsync(1);
        await using var between = new TlsRelay(_host.Links.LocalEndPoint);
        _host.Cluster.Set(a.Node, _host.Node);
        a.Cluster.Set(a.Node, FakeCluster.Node(_host.Id, between.EndPoint, "e"));

        await LinkHost.UntilAsync(() => a.Refused("secret") >= 1);
        await RefusedAsync("secret", 1);
        Assert.Empty(a.Recorder.Rest());
        Assert.Empty(_host.Recorder.Rest());
    }

    [Fact]
    public async Task Releases_that_have_no_protocol_in_common_say_so_on_both_sides()
    {
        // What does not mend itself has a wait of its own before the next try.
        var day = TimeSpan.FromDays(1);
        var timings = new LinkTimings { FirstRetry = day, LastRetry = day, RefusedRetry = TimeSpan.FromMilliseconds(200) };
        await using var a = await LinkHost.StartAsync(
            1, o => o with { Protocols = new ProtocolRange(2, 3), Release = "9.0.0", Timings = timings });
        a.Cluster.Set(a.Node, _host.Node);
        _host.Cluster.Set(a.Node, _host.Node);

        await LinkHost.UntilAsync(() => _host.Refused("version") >= 2 && a.Refused("version") >= 2);
        Assert.Single(_host.Log.Lines, l => l.Contains("release 9.0.0 and speaks protocol 2-3", StringComparison.Ordinal));
        Assert.Single(a.Log.Lines, l => l.StartsWith("no link to node e", StringComparison.Ordinal) && l.Contains("speaks protocol 1,", StringComparison.Ordinal));
        Assert.Empty(_host.Recorder.Rest());
    }

    [Fact]
    public async Task Neighbouring_releases_speak_the_newest_protocol_that_both_know()
    {
        await using var stranger = await Stranger.ConnectAsync(_host);
        var partner = await stranger.ShakeHandsAsync(_host, _peerId, o => o with { Protocols = new ProtocolRange(1, 2), Release = "test" });

        Assert.Equal(1, partner.Protocol);
        Assert.Equal("up a", await _host.Recorder.NextAsync());
        Assert.Contains(_host.Log.Lines, l => l.EndsWith("is up: release test, protocol 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_is_not_in_the_view_yet_is_waited_for()
    {
        var joining = LinkHost.IdOf(2);
        await using var stranger = await Stranger.ConnectAsync(_host);
        var shaking = stranger.ShakeHandsAsync(_host, joining);
        await _host.Cluster.Refreshed.Task.WaitAsync(LinkHost.Patience);
        _host.Cluster.Set(Absent(_peerId), Absent(joining), _host.Node);

        await shaking;
        Assert.Equal("up b", await _host.Recorder.NextAsync());
    }

    [Fact]
    public async Task A_node_that_is_not_in_the_view_is_refused()
    {
        await using var stranger = await Stranger.ConnectAsync(_host);
        var shaking = stranger.ShakeHandsAsync(_host, LinkHost.IdOf(2));
        await _host.Cluster.Refreshed.Task.WaitAsync(LinkHost.Patience);
        _time.Advance(_host.Options.Timings.Admission);

        Assert.Equal(LinkRefusal.UnknownNode, (await Assert.ThrowsAsync<LinkRefusedException>(() => shaking)).Refusal);
        await stranger.EndAsync();
        await RefusedAsync("unknown_node", 1);
        Assert.Equal(1, _host.Cluster.Refreshes);
    }

    [Theory]
    [InlineData(9, 5, "wrong_direction")]
    [InlineData(5, 5, "wrong_direction")]
    [InlineData(1, 6, "wrong_node")]
    public async Task A_node_that_should_not_dial_or_means_another_is_refused(int from, int to, string reason)
    {
        _host.Cluster.Set(Absent(_peerId), Absent(LinkHost.IdOf(9)), _host.Node);
        await using var stranger = await Stranger.ConnectAsync(_host);
        byte[] hello = HelloOf(LinkHost.IdOf(from), LinkHost.IdOf(to)).ToByteArray();
        await stranger.SendAsync(hello);
        await stranger.SendAsync(Answer(stranger, hello, await stranger.ReceiveAsync(), LinkHost.DefaultOptions().Secret));

        await stranger.EndAsync();
        await RefusedAsync(reason, 1);
        await StillLinksAsync();
    }

    [Fact]
    public async Task What_is_no_hello_is_refused()
    {
        var hello = HelloOf(_peerId);
        byte[][] wrong =
        [
            [],
            [0xFF, 0xFF, 0xFF],
            new byte[4095],
            Changed(h => h.Nonce = ByteString.CopyFrom(new byte[31])),
            Changed(h => h.Node = ByteString.Empty),
            Changed(h => h.To = ByteString.CopyFrom(new byte[17])),
            Changed(h => h.Release = new string('x', 65)),
            Changed(h => h.MinProtocol = 2),
            Changed(h => h.MaxProtocol = uint.MaxValue),
        ];
        foreach (byte[] words in wrong)
        {
            await using var stranger = await Stranger.ConnectAsync(_host);
            await stranger.SendAsync(words);
            Assert.Equal(LinkRefusal.Malformed.ToCloseStatus(), await stranger.EndAsync());
        }

        await using (var talker = await Stranger.ConnectAsync(_host))
        {
            await talker.Socket.SendAsync(hello.ToByteArray(), WebSocketMessageType.Text, true, CancellationToken.None);
            Assert.Equal(LinkRefusal.Malformed.ToCloseStatus(), await talker.EndAsync());
        }

        await using (var endless = await Stranger.ConnectAsync(_host))
        {
            await endless.Socket.SendAsync(new byte[4096], WebSocketMessageType.Binary, endOfMessage: false, CancellationToken.None);
            Assert.Equal(LinkRefusal.Malformed.ToCloseStatus(), await endless.EndAsync());
        }

        await RefusedAsync("malformed", wrong.Length + 2);
        await StillLinksAsync();

        byte[] Changed(Action<Hello> change)
        {
            var changed = hello.Clone();
            change(changed);
            return changed.ToByteArray();
        }
    }

    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "a frame longer than a message may be", [0x01, 0x00, 0x10, 0] },
        { "a kind there is not", [0, 0, 0, 99] },
        { "a short ping", [2, 0, 0, 1, 0, 0] },
        { "a frame that its message does not hold", [100, 0, 0, 0, 1, 2, 3] },
        { "half a header", [1, 0] },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_from_a_node_that_has_proved_itself_costs_its_link(string what, byte[] garbage)
    {
        Assert.NotEmpty(what);
        await using var stranger = await Stranger.ConnectAsync(_host);
        await stranger.ShakeHandsAsync(_host, _peerId);
        Assert.Equal("up a", await _host.Recorder.NextAsync());

        await stranger.SendAsync(garbage);

        Assert.Equal("down a", await _host.Recorder.NextAsync());
        await stranger.EndAsync();
        await LinkHost.UntilAsync(() => _host.Lost("malformed") == 1);
        Assert.Contains(_host.Log.Lines, l => l.StartsWith("link to node a", StringComparison.Ordinal) && l.EndsWith("was cut: malformed", StringComparison.Ordinal));
        await StillLinksAsync();
    }

    [Fact]
    public async Task Who_is_refused_again_and_again_is_named_once_a_minute()
    {
        for (int i = 0; i < 10; i++)
            await TryAsync();
        await RefusedAsync("secret", 10);
        Assert.Single(Named());

        _time.Advance(TimeSpan.FromMinutes(1));
        await TryAsync();
        await RefusedAsync("secret", 11);
        Assert.Equal(2, Named().Count());

        IEnumerable<string> Named() => _host.Log.Lines.Where(l => l.StartsWith("a node link from 127.0.0.1 was refused: secret", StringComparison.Ordinal));

        async Task TryAsync()
        {
            await using var stranger = await Stranger.ConnectAsync(_host);
            await stranger.SendAsync(HelloOf(_peerId).ToByteArray());
            await stranger.ReceiveAsync();
            await stranger.SendAsync(new Answer { Proof = ByteString.CopyFrom(new byte[32]) }.ToByteArray());
            await stranger.EndAsync();
        }
    }

    private Hello HelloOf(NodeId from, NodeId? to = null) => new()
    {
        Nonce = ByteString.CopyFrom(new byte[32]),
        Node = ByteString.CopyFrom(from.Value.ToByteArray(bigEndian: true)),
        To = ByteString.CopyFrom((to ?? _host.Id).Value.ToByteArray(bigEndian: true)),
        Release = "test",
        MinProtocol = 1,
        MaxProtocol = 1,
    };

    private static byte[] Answer(Stranger stranger, byte[] hello, byte[] challenge, LinkSecret secret) => new Answer
    {
        Proof = ByteString.CopyFrom(secret.Prove(LinkRole.Dialer, new Transcript
        {
            DialerCertificate = stranger.Credentials.Fingerprint.Span,
            ListenerCertificate = stranger.TheirCertificate,
            DialerHello = hello,
            ListenerHello = Challenge.Parser.ParseFrom(challenge).Hello.Span,
        })),
    }.ToByteArray();

    private static ClusterNode Absent(NodeId id) => FakeCluster.Node(id, new IPEndPoint(IPAddress.Loopback, 1), id == _peerId ? "a" : "other");

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(_host.Links.LocalEndPoint);
        return client;
    }

    private async Task RefusedAsync(string reason, int times)
    {
        try
        {
            await LinkHost.UntilAsync(() => _host.Refused(reason) >= times);
        }
        catch (OperationCanceledException)
        {
            // The next line says what there is instead.
        }

        Assert.Equal(times, _host.Refused(reason));
    }

    private async Task StillLinksAsync()
    {
        await using var node = await Stranger.ConnectAsync(_host);
        await node.ShakeHandsAsync(_host, _peerId);
        Assert.Equal("up a", await _host.Recorder.NextAsync());
        await node.DisposeAsync();
        Assert.Equal("down a", await _host.Recorder.NextAsync());
    }

    private static async Task ReadToEndAsync(Stream stream)
    {
        using var patience = new CancellationTokenSource(LinkHost.Patience);
        try
        {
            await stream.CopyToAsync(Stream.Null, patience.Token);
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }
}
