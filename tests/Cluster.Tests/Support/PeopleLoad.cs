using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Conference.Cluster.Tests.Support;

/// <summary>
/// People at all nodes: some with accounts who set their status without end, some who come, join a room and go. What was acknowledged must be there at the
/// end, whatever happened meanwhile; what was under way may be.
/// </summary>
public sealed class PeopleLoad : IAsyncDisposable
{
    private const int Accounts = 4;
    private const int Joiners = 4;
    private const string Password = "open sesame";

    private static readonly string[] _statuses = ["away", "busy", "online"];
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly TestCluster _cluster;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _joined = [];

    /// <summary>What was acknowledged last, and what may have been set since, account by account.</summary>
    private readonly HashSet<string>[] _possible = [.. Enumerable.Range(0, Accounts).Select(_ => new HashSet<string> { "online" })];

    private readonly Task[] _people;
    private int _changes;

    private PeopleLoad(TestCluster cluster)
    {
        _cluster = cluster;
        _people = [
            .. Enumerable.Range(0, Accounts).Select(i => Task.Run(() => AgainAsync(node => ChangeStatusAsync(node, i), i))),
            .. Enumerable.Range(0, Joiners).Select(i => Task.Run(() => AgainAsync(JoinAsync, i))),
        ];
    }

    /// <summary>Statuses and joins that were acknowledged.</summary>
    public int Acknowledged => _joined.Count + _changes;

    public static async Task<PeopleLoad> StartAsync(TestCluster cluster)
    {
        using var admin = new AdminClient(cluster.Live[0]);
        for (int i = 0; i < Accounts; i++)
            Assert.Equal(201, (await admin.PutAsync($"users/person{i}", $$"""{"password":"{{Password}}"}""")).Status);
        return new PeopleLoad(cluster);
    }

    /// <summary>So many more statuses and joins are acknowledged.</summary>
    public Task IsServedAsync(int more, TimeSpan limit)
    {
        int then = Acknowledged;
        return Eventually.IsTrueAsync(() => Acknowledged >= then + more, limit);
    }

    /// <summary>Ends it. Every account has the status that was acknowledged last, every join has a call record, and every call has ended.</summary>
    public async Task StopAndCheckAsync()
    {
        await DisposeAsync();
        for (int i = 0; i < Accounts; i++)
        {
            await using var person = await TestClient.ConnectAsync(_cluster.Live[0]);
            await SignInAsync(person, i);
            string status = await person.AskAsync($"STAT person{i}@{person.Server}");
            Assert.Contains(status, _possible[i].Select(s => "202 " + s));
        }

        string[] names = [.. _joined];
        string list = string.Join(',', names.Select(n => $"'{n}'"));
        await Eventually.IsTrueAsync(
            async () => names.Length == 0
                || await _cluster.SqlAsync<long>($"select count(distinct member) from conference_call where member in ({list})") == names.Length,
            TimeSpan.FromSeconds(30));
        await Eventually.IsTrueAsync(
            async () => await _cluster.SqlAsync<long>("select count(*) from conference_call where ended is null") == 0, TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_people);
    }

    private static async Task SignInAsync(TestClient client, int account) => await client.ExpectAsync(
        $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0person{account}\0{Password}"))}", $"204 person{account}");

    /// <summary>Comes back through another node whenever one does not answer, or says no.</summary>
    private async Task AgainAsync(Func<NodeProcess, Task> live, int number)
    {
        for (int i = number; !_stop.IsCancellationRequested; i++)
        {
            var nodes = _cluster.Live;
            if (nodes.Count > 0)
            {
                try
                {
                    await live(nodes[i % nodes.Count]);
                }
                catch (Exception e) when (e is IOException or SocketException or TimeoutException or OperationCanceledException or Xunit.Sdk.XunitException)
                {
                    // A node that dies, leaves or cannot store: elsewhere, or later.
                }
            }

            await Task.Delay(_pause);
        }
    }

    private async Task ChangeStatusAsync(NodeProcess node, int account)
    {
        await using var person = await TestClient.ConnectAsync(node);
        await SignInAsync(person, account);
        for (int i = 0; i < 10 && !_stop.IsCancellationRequested; i++)
        {
            string next = _statuses[(_changes + account) % _statuses.Length];
            _possible[account].Add(next);
            await person.ExpectAsync($"STAT person{account}@{person.Server} {next}", $"202 {next}");
            _possible[account].RemoveWhere(s => s != next);
            Interlocked.Increment(ref _changes);
            await Task.Delay(_pause);
        }
    }

    private async Task JoinAsync(NodeProcess node)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"joiner-{Guid.NewGuid():N}");
        await using var client = await TestClient.ConnectAsync(node);
        await client.ExpectAsync($"AUTH ANONYMOUS {name}", $"204 {name}");
        string reply = await client.AskAsync($"CONN video calls{_joined.Count % 5}@{client.Server}");
        if (reply.StartsWith("303 ", StringComparison.Ordinal))
            _joined.Enqueue(name);
    }
}
