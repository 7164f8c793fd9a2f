using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Conference.Cluster.Tests.Support;

/// <summary>
/// Operators on all nodes at once who keep rooms with ever greater ceilings. Each room has one writer, so what was acknowledged last is
/// what must be there; and how long a room could not be written is measured from outside.
/// </summary>
public sealed class RoomLoad : IAsyncDisposable
{
    private const int Rooms = 48;

    private readonly TestCluster _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _acknowledged = [];
    private readonly ConcurrentDictionary<string, int> _attempted = [];
    private readonly ConcurrentDictionary<string, TimeSpan> _longestGap = [];
    private readonly Task[] _writers;
    private long _writes;

    private RoomLoad(TestCluster cluster)
    {
        _cluster = cluster;
        _writers = [.. Enumerable.Range(0, Rooms).Select(i => Task.Run(() => WriteAsync($"kept{i}", i)))];
    }

    public static RoomLoad Start(TestCluster cluster) => new(cluster);

    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>Between two acknowledgements of one room, over all rooms.</summary>
    public TimeSpan LongestGap => _longestGap.Values.DefaultIfEmpty().Max();

    public void ForgetGaps() => _longestGap.Clear();

    /// <summary>Every room has been written since this was called.</summary>
    public async Task IsServedAsync(TimeSpan limit)
    {
        var then = _acknowledged.ToDictionary();
        await Eventually.IsTrueAsync(() => _acknowledged.Count == Rooms && _acknowledged.All(r => r.Value > then.GetValueOrDefault(r.Key)), limit);
    }

    /// <summary>Ends the writing, and reads every room on every node: what was acknowledged, or tried and not answered, is what it is.</summary>
    public async Task StopAndCheckAsync()
    {
        await DisposeAsync();
        foreach (var node in _cluster.Live)
        {
            using var admin = new AdminClient(node);
            foreach (var (room, last) in _acknowledged)
            {
                var (status, body) = await admin.GetAsync("rooms/" + room);
                Assert.Equal(200, status);
                Assert.InRange(body.GetProperty("maxMembers").GetInt32(), last, _attempted[room]);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writers);
    }

    private async Task WriteAsync(string room, int number)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(6) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminClient.Token);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        long acknowledged = TimeProvider.System.GetTimestamp();
        for (int value = 1; !_stop.IsCancellationRequested; value++)
        {
            await pace.WaitForNextTickAsync();
            var live = _cluster.Live;
            if (live.Count == 0)
                continue;
            var node = live[(value + number) % live.Count];
            _attempted[room] = value;
            try
            {
                using var body = new StringContent(
                    string.Create(CultureInfo.InvariantCulture, $$"""{"maxMembers":{{value}}}"""), Encoding.UTF8, "application/json");
                using var response = await http.PutAsync(new Uri($"http://{node.HttpAddress}:{node.HttpPort}/api/v1/rooms/{room}"), body, _stop.Token);
                if (!response.IsSuccessStatusCode)
                    continue;
                using var kept = JsonDocument.Parse(await response.Content.ReadAsStringAsync(_stop.Token));
                Assert.True(kept.RootElement.GetProperty("maxMembers").GetInt32() >= value, "an acknowledged write was gone when it was read back");
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                continue;
            }

            var gap = TimeProvider.System.GetElapsedTime(acknowledged);
            acknowledged = TimeProvider.System.GetTimestamp();
            _longestGap.AddOrUpdate(room, gap, (_, longest) => gap > longest ? gap : longest);
            _acknowledged[room] = value;
            Interlocked.Increment(ref _writes);
        }
    }
}
