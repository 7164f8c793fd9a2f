using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Conference.Cluster.Tests.Support;

/// <summary>
/// Operators on all nodes at once who keep rooms with ever greater ceilings. Every acknowledged write must be in the room's journal (what
/// was given up may be there too, and later: a frozen node goes on with what it was asked before).
/// </summary>
public sealed class RoomLoad : IAsyncDisposable
{
    private const int Rooms = 48;

    /// <summary>Nodes, their database and this share a machine: the load is to be steady, not as much as there can be.</summary>
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(60);

    private readonly TestCluster _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _acknowledged = [];
    private readonly ConcurrentBag<(string Room, int Value)> _all = [];
    private readonly ConcurrentDictionary<string, long> _lastAt = [];
    private readonly ConcurrentDictionary<string, TimeSpan> _gaps = [];
    private readonly Task[] _writers;
    private long _writes;

    private RoomLoad(TestCluster cluster)
    {
        _cluster = cluster;
        _writers = [.. Enumerable.Range(0, Rooms).Select(i => Task.Run(() => WriteAsync($"kept{i}", i)))];
    }

    public static RoomLoad Start(TestCluster cluster) => new(cluster);

    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>The longest time that any room was without an acknowledged write, since <see cref="Mark"/>.</summary>
    public TimeSpan LongestGap => _gaps.Values.DefaultIfEmpty().Max();

    /// <summary>Ceilings that were acknowledged, room by room.</summary>
    public IReadOnlyDictionary<string, int> Acknowledged => _acknowledged.ToDictionary();

    /// <summary>Gaps count from now on.</summary>
    public void Mark()
    {
        foreach (string room in _lastAt.Keys)
            _lastAt[room] = TimeProvider.System.GetTimestamp();
        _gaps.Clear();
    }

    /// <summary>Every room has been written since this was called.</summary>
    public async Task IsServedAsync(TimeSpan limit)
    {
        var then = _acknowledged.ToDictionary();
        try
        {
            await Eventually.IsTrueAsync(() => Unserved(then).Length == 0, limit);
        }
        catch (Xunit.Sdk.XunitException)
        {
            Assert.Fail($"not served within {limit.TotalSeconds} s: {string.Join(' ', Unserved(then))} of {Rooms} rooms");
        }
    }

    /// <summary>Ends the writing. All that was acknowledged is in the journal, and every node reads every room.</summary>
    public async Task StopAndCheckAsync()
    {
        await DisposeAsync();
        foreach (var written in _all.GroupBy(w => w.Room))
        {
            string events = await _cluster.SqlAsync<string>(
                $"select coalesce(string_agg(encode(message, 'hex'), ' '), '') from conference_journal where persistence_id = 'room/default/{written.Key}'");
            Assert.All(written, w => Assert.Contains(Kept(w.Value), events, StringComparison.Ordinal));
        }

        foreach (var node in _cluster.Live)
        {
            using var admin = new AdminClient(node);
            foreach (string room in _acknowledged.Keys)
            {
                var (status, body) = await admin.GetAsync("rooms/" + room);
                Assert.Equal((room, 200), (room, status));
                // What was given up may have come after it.
                Assert.True(body.GetProperty("maxMembers").GetInt32() >= 1);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writers);
    }

    /// <summary>
    /// How the journal spells it, in MessagePack: the event's name "re.kept", then its bytes as a binary, in them an array of three: the ceiling, that it is not
    /// locked, and the 16 bytes of the command's id. In hexadecimal.
    /// </summary>
    internal static string Kept(int value)
    {
        byte[] ceiling = value < 128 ? [(byte)value]
            : value < 256 ? [0xCC, (byte)value]
            : [0xCD, (byte)(value >> 8), (byte)value];
        return Convert.ToHexStringLower([.. "re.kept"u8, 0xC4, (byte)(1 + ceiling.Length + 1 + 18), 0x93, .. ceiling, 0xC2, 0xC4, 0x10]);
    }

    private string[] Unserved(Dictionary<string, int> then) =>
        [.. Enumerable.Range(0, Rooms).Select(i => $"kept{i}").Where(r => _acknowledged.GetValueOrDefault(r) <= then.GetValueOrDefault(r))];

    private async Task WriteAsync(string room, int number)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(6) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminClient.Token);
        using var pace = new PeriodicTimer(_pace);
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

            Acknowledge(room, value);
        }
    }

    private void Acknowledge(string room, int value)
    {
        long now = TimeProvider.System.GetTimestamp();
        if (_lastAt.TryGetValue(room, out long last))
        {
            var gap = TimeProvider.System.GetElapsedTime(last, now);
            _gaps.AddOrUpdate(room, gap, (_, longest) => longest > gap ? longest : gap);
        }

        _lastAt[room] = now;
        _acknowledged[room] = value;
        _all.Add((room, value));
        Interlocked.Increment(ref _writes);
    }
}
