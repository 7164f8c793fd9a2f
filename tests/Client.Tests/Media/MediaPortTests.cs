using System.Net;
using System.Net.Sockets;
using Conference.Client.Media;
using Conference.Protocol;

namespace Conference.Client.Tests.Media;

public sealed class MediaPortTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
    private EndPoint _client = new IPEndPoint(IPAddress.Any, 0);

    public MediaPortTests() => _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose() => _server.Dispose();

    private MediaPort Open(DatagramHandler? handler = null) =>
        MediaPort.Open(Service.Video, IPAddress.Loopback, (IPEndPoint)_server.LocalEndPoint!, handler ?? ((_, _, _) => { }), _time);

    private int ReceiveLength() => _server.ReceiveFrom(new byte[2000], ref _client);

    [Fact]
    public async Task An_empty_datagram_opens_the_port_and_is_repeated_each_second_until_something_comes()
    {
        var heard = new TaskCompletionSource<byte[]>();
        await using var port = Open((_, datagram, _) => heard.TrySetResult(datagram.ToArray()));
        Assert.Equal(0, ReceiveLength());
        Assert.Equal(port.LocalEndPoint, _client);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, ReceiveLength());
        Assert.Equal(0, ReceiveLength());

        _server.SendTo([1, 2, 3], _client);
        Assert.Equal([1, 2, 3], await heard.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, _server.Available);
    }

    [Fact]
    public async Task Silence_is_broken_every_ten_seconds_and_sending_counts_as_noise()
    {
        var heard = new TaskCompletionSource();
        await using var port = Open((_, _, _) => heard.TrySetResult());
        Assert.Equal(0, ReceiveLength());
        _server.SendTo([1], _client);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, ReceiveLength());
        _time.Advance(TimeSpan.FromSeconds(9));
        port.Send([7, 7]);
        Assert.Equal(2, ReceiveLength());
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(_server.Poll(0, SelectMode.SelectRead));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, ReceiveLength());
    }

    [Fact]
    public async Task The_token_is_shown_where_nothing_comes_less_often_each_time()
    {
        byte[] token = [0xF2, 1, 2, 3, 4, 5, 6, 7];
        var heard = new SemaphoreSlim(0);
        await using var port = Open((_, _, _) => heard.Release());
        port.Token = token;
        Assert.Equal([2, 4, 8, 16, 32, 64, 124, 184], Shown(190));

        // Something comes, and nothing more: it begins anew.
        _server.SendTo([1], _client);
        Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        Assert.Equal([2, 4], Shown(5));

        port.Token = null;
        Assert.Empty(Shown(100));

        // Seconds after which the token came, in so many.
        List<int> Shown(int seconds)
        {
            var shown = new List<int>();
            byte[] buffer = new byte[2000];
            for (int second = 0; second <= seconds; second++)
            {
                if (second > 0)
                    _time.Advance(TimeSpan.FromSeconds(1));
                while (_server.Poll(0, SelectMode.SelectRead))
                {
                    if (_server.ReceiveFrom(buffer, ref _client) == token.Length && buffer.AsSpan(0, token.Length).SequenceEqual(token))
                        shown.Add(second);
                }
            }

            return shown;
        }
    }

    [Fact]
    public async Task A_port_that_is_not_there_yet_does_no_harm()
    {
        var address = (IPEndPoint)_server.LocalEndPoint!;
        _server.Dispose();
        var heard = new TaskCompletionSource();
        await using var port = MediaPort.Open(Service.Audio, IPAddress.Loopback, address, (_, _, _) => heard.TrySetResult(), _time);
        port.Send([1]);
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        late.Bind(address);
        late.SendTo([1], port.LocalEndPoint);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }
}
