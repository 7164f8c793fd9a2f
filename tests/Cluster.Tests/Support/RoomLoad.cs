using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Net.Http.Headers;

namespace Conference.Cluster.Tests.Support;

/// <summary>
/// Operators on all nodes at once who keep rooms with ever greater ceilings. Every acknowledged write must be in the room's journal (what
/// was given up may be there too, and later: a frozen node goes on with what it was asked before).
/// </summary>
public sealed class RoomLoad : IAsyncDisposable
{
    private const int Rooms = 48;

    private readonly TestCluster _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _acknowledged = [];
    private readonly ConcurrentBag<(string Room, int Value)> _all = [];
    private readonly Task[] _writers;
    private long _writes;

    private RoomLoad(TestCluster cluster)
    {
        _cluster = cluster;
        _writers = [.. Enumerable.Range(0, Rooms).Select(i => Task.Run(() => WriteAsync($"kept{i}", i)))];
    }

    public static RoomLoad Start(TestCluster cluster) => new(cluster);

    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>Every room has been written since this was called.</summary>
    public async Task IsServedAsync(TimeSpan limit)
    {
        var then = _acknowledged.ToDictionary();
        await Eventually.IsTrueAsync(() => _acknowledged.Count == Rooms && _acknowledged.All(r => r.Value > then.GetValueOrDefault(r.Key)), limit);
    }

    /// <summary>Ends the writing. All that was acknowledged is in the journal, and every node reads every room.</summary>
    public async Task StopAndCheckAsync()
    {
        await DisposeAsync();
        foreach (var written in _all.GroupBy(w => w.Room))
        {
            string events = await _cluster.SqlAsync<string>(
                $"select coalesce(string_agg(encode(payload, 'hex'), ' '), '') from event where pid ~ '[^a-z0-9]{written.Key}$'");
            Assert.All(written, w => Assert.Contains(Kept(w.Value), events, StringComparison.Ordinal));
        }

        foreach (var node in _cluster.Live)
        {
            using var admin = new AdminClient(node);
            foreach (string room in _acknowledged.Keys)
                Assert.Equal(200, (await admin.GetAsync("rooms/" + room)).Status);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writers);
    }

    /// <summary>How the journal spells it: field 32 (a room is kept), of some length, field 1 (its ceiling), a varint, and the 16 bytes of field 3,
    /// which command it was.</summary>
    private static string Kept(int value)
    {
        List<byte> varint = [];
        for (uint left = (uint)value; ; left >>= 7)
        {
            varint.Add((byte)(left < 0x80 ? left : left | 0x80));
            if (left < 0x80)
                break;
        }

        return Convert.ToHexStringLower([0x82, 0x02, (byte)(varint.Count + 19), 0x08, .. varint, 0x1A, 0x10]);
    }

    private async Task WriteAsync(string room, int number)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(6) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminClient.Token);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (int value = 1; !_stop.IsCancellationRequested; value++)
        {
            await pace.WaitForNextTickAsync();
            var live = _cluster.Live;
            if (live.Count == 0)
                continue;
            var node = live[(value + number) % live.Count];
            try
            {
                using var body = new StringContent(
                    string.Create(CultureInfo.InvariantCulture, $$"""{"maxMembers":{{value}}}"""), Encoding.UTF8, "application/json");
                using var response = await http.PutAsync(new Uri($"http://{node.HttpAddress}:{node.HttpPort}/api/v1/rooms/{room}"), body, _stop.Token);
                if (!response.IsSuccessStatusCode)
                    continue;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                continue;
            }

            _acknowledged[room] = value;
            _all.Add((room, value));
            Interlocked.Increment(ref _writes);
        }
    }
}
