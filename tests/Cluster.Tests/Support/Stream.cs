using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Conference.Cluster.Tests.Support;

/// <summary>Numbered datagrams, a hundred a second, from one member to another; what is missing at the end is seen at the end.</summary>
public sealed class Stream : IAsyncDisposable
{
    private readonly Socket _from;
    private readonly Socket _to;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, long> _heard = [];
    private readonly Task _work;
    private int _sent;

    private Stream(Socket from, Socket to)
    {
        _from = from;
        _to = to;
        _work = Task.WhenAll(SendAsync(), ReceiveAsync());
    }

    /// <summary>From one socket to the other, both of members of one room. Waits until the first has arrived.</summary>
    public static async Task<Stream> StartAsync(Socket from, Socket to)
    {
        to.Send(Array.Empty<byte>());
        var stream = new Stream(from, to);
        await Eventually.IsTrueAsync(() => !stream._heard.IsEmpty, TimeSpan.FromSeconds(10));
        return stream;
    }

    /// <summary>Of those sent after the first that arrived.</summary>
    public int Lost => _heard.IsEmpty ? 0 : Enumerable.Range(_heard.Keys.Min(), _heard.Keys.Max() - _heard.Keys.Min() + 1).Count(n => !_heard.ContainsKey(n));

    public int Heard => _heard.Count;

    /// <summary>The longest time without a datagram.</summary>
    public TimeSpan LongestGap
    {
        get
        {
            long[] times = [.. _heard.Values.Order()];
            return times.Zip(times.Skip(1), TimeProvider.System.GetElapsedTime).DefaultIfEmpty().Max();
        }
    }

    /// <summary>So many more have arrived.</summary>
    public Task FlowsAsync(int datagrams)
    {
        int then = Heard;
        return Eventually.IsTrueAsync(() => Heard >= then + datagrams, TimeSpan.FromSeconds(20));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
    }

    private async Task SendAsync()
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        byte[] datagram = new byte[200];
        while (!_stop.IsCancellationRequested)
        {
            await pace.WaitForNextTickAsync();
            // Not RTP: the first byte says so.
            BinaryPrimitives.WriteInt32BigEndian(datagram.AsSpan(4), _sent++);
            try
            {
                await _from.SendAsync(datagram);
            }
            catch (SocketException)
            {
                // Its node is gone, which is what some tests are about.
            }
        }
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[65536];
        while (true)
        {
            try
            {
                int size = await _to.ReceiveAsync(buffer, _stop.Token);
                if (size == 200)
                    _heard.TryAdd(BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(4)), TimeProvider.System.GetTimestamp());
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // As above.
            }
        }
    }
}
