using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Conference.Actors;
using Conference.Actors.Cluster;
using Conference.Protocol.Addresses;

namespace Conference.Bench.Cluster;

/// <summary>A room in each of many shards, kept so that it is always here, and a session that asks for it without end.</summary>
internal sealed class ShardProbes : IAsyncDisposable
{
    private const int Shards = EntityExtractor.ShardCount / 2;

    private readonly CancellationTokenSource _stop = new();
    private readonly long[] _last = new long[Shards];
    private readonly double[] _longest = new double[Shards];
    private readonly Task[] _asking;
    private int _refused;

    private ShardProbes(string[] rooms, IReadOnlyList<LocalNode> through) =>
        _asking = [.. rooms.Select((room, i) => Task.Run(() => AskAsync(i, room, through[i % through.Count])))];

    public static TimeSpan Period { get; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Answers that came, and were no.</summary>
    public int Refused => _refused;

    public static async Task<ShardProbes> StartAsync(LocalCluster cluster, IReadOnlyList<LocalNode> through)
    {
        string[] rooms = RoomsOfEveryOtherShard();
        foreach (string room in rooms)
            await LocalCluster.PutAsync(cluster.Nodes[0], $"rooms/{room}", "{}");
        return new ShardProbes(rooms, through);
    }

    /// <summary>From now on gaps count.</summary>
    public void Begin()
    {
        Array.Clear(_longest);
        _refused = 0;
    }

    /// <summary>The longest time between two good answers, shard by shard, seconds; one that goes on counts as it stands.</summary>
    public double[] Gaps() =>
        [.. _longest.Select((g, i) => Math.Max(g, Stopwatch.GetElapsedTime(Volatile.Read(ref _last[i])).TotalSeconds))];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_asking);
    }

    private static string[] RoomsOfEveryOtherShard()
    {
        var extractor = new EntityExtractor();
        var names = new SortedDictionary<int, string>();
        for (int i = 0; names.Count < 2 * Shards; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"probe{i}");
            names.TryAdd(int.Parse(extractor.ShardId(EntityIds.Of(Name.Parse(name))), CultureInfo.InvariantCulture), name);
        }

        return [.. names.Where(n => n.Key % 2 == 0).Select(n => n.Value)];
    }

    private async Task AskAsync(int shard, string room, LocalNode node)
    {
        using var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(IPAddress.Parse(node.Address), 4321);
        using var reader = new StreamReader(tcp.GetStream());
        byte[] question = Encoding.ASCII.GetBytes($"STAT {room}@{node.Address}\r\n");
        await reader.ReadLineAsync();
        using var pace = new PeriodicTimer(Period);
        _last[shard] = Stopwatch.GetTimestamp();
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                await tcp.GetStream().WriteAsync(question, _stop.Token);
                string? answer = await reader.ReadLineAsync(_stop.Token);
                long now = Stopwatch.GetTimestamp();
                if (answer?.StartsWith("202 ", StringComparison.Ordinal) == true)
                {
                    _longest[shard] = Math.Max(_longest[shard], Stopwatch.GetElapsedTime(_last[shard], now).TotalSeconds);
                    Volatile.Write(ref _last[shard], now);
                }
                else
                {
                    Interlocked.Increment(ref _refused);
                }

                await pace.WaitForNextTickAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }
}
