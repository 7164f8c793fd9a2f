using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Hosting;
using Akka.TestKit;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Support;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Calls;

/// <summary>Calls that a dead node left open are ended though nobody asks for their rooms.</summary>
public sealed class OpenCallsTests : IAsyncLifetime
{
    private readonly FakeRecords _records = new();
    private readonly Support.Conference _conference = new();
    private TestProbe _rooms = null!;

    public async ValueTask InitializeAsync()
    {
        await _conference.InitializeAsync();
        _rooms = _conference.CreateTestProbe();
        ActorRegistry.For(_conference.Sys).Register<RoomActor>(_rooms.Ref, overwrite: true);
    }

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void Each_room_with_an_open_call_is_woken_once_a_look_and_three_looks_are_enough_where_nobody_is_missing()
    {
        _records.Open = [Call("a", "self"), Call("a", "self"), Call("b", "self")];
        Start();
        Assert.Empty(WokenAfter(0.5));
        Assert.Equal(["a", "b"], WokenAfter(1));
        Assert.Equal(["a", "b"], WokenAfter(3));
        Assert.Equal(["a", "b"], WokenAfter(10));
        Assert.Empty(WokenAfter(60));
    }

    [Fact]
    public void As_long_as_a_call_is_open_on_a_node_that_is_none_it_looks_on()
    {
        _records.Open = [Call("a", "dead")];
        Start();
        for (int i = 0; i < 10; i++)
            WokenAfter(10);
        Assert.Equal(["a"], WokenAfter(10));
        _records.Open = [];
        Assert.Empty(WokenAfter(10));
        int asked = _records.Asked;
        WokenAfter(60);
        Assert.Equal(asked, _records.Asked);
    }

    [Fact]
    public void A_store_that_is_away_is_asked_again()
    {
        _records.Open = [Call("a", "self")];
        _records.Failure = new StoreUnavailableException("away");
        Start();
        Assert.Empty(WokenAfter(60));
        _records.Failure = null;
        Assert.Equal(["a"], WokenAfter(10));
    }

    [Fact]
    public void All_pages_are_read()
    {
        _records.Open = [.. Enumerable.Range(0, 2500).Select(i => Call($"room-{i}", "self"))];
        Start();
        Assert.Equal(2500, WokenAfter(1).Length);
        Assert.Equal(3, _records.Asked);
    }

    private static CallRecord Call(string room, string node) => new()
    {
        Id = Guid.NewGuid(), Room = Name.Parse(room), User = Name.Parse("joe"), Session = 1, Node = node, Started = DateTimeOffset.UnixEpoch,
    };

    private void Start() => _conference.Sys.ActorOf(OpenCallsActor.Props(_records, new FakeClusterNodes(_conference.Self)));

    /// <summary>Rooms asked for within so many seconds, in order.</summary>
    private string[] WokenAfter(double seconds)
    {
        int asked = _records.Asked;
        _conference.Advance(TimeSpan.FromSeconds(seconds));
        // What is read comes back by way of a task.
        _conference.Until(() => _records.Asked == _records.Answered, "the records were read");
        _conference.AwaitIdle();
        var woken = new List<string>();
        _conference.Until(
            () =>
            {
                while (_rooms.HasMessages)
                    woken.Add(_rooms.ExpectMsg<RoomQueries.Find>().Room.ToString());
                return woken.Count >= _records.RoomsIn(asked);
            },
            "the rooms were asked");
        return [.. woken.Order(StringComparer.Ordinal)];
    }

    private sealed class FakeRecords : ICallRecords
    {
        private readonly ConcurrentDictionary<int, int> _rooms = [];
        private int _asked;
        private int _answered;

        public CallRecord[] Open { get; set; } = [];

        public Exception? Failure { get; set; }

        public int Asked => Volatile.Read(ref _asked);

        public int Answered => Volatile.Read(ref _answered);

        /// <summary>In all answers behind the first so many.</summary>
        public int RoomsIn(int after) => _rooms.Where(r => r.Key > after).Sum(r => r.Value);

        public Task<CallRecordPage> QueryAsync(CallQuery query, CancellationToken cancellationToken = default)
        {
            Assert.True(query.OnlyOpen);
            int number = Interlocked.Increment(ref _asked);
            int from = query.After is { } after ? int.Parse(after, System.Globalization.CultureInfo.InvariantCulture) : 0;
            CallRecord[] page = Failure is null ? [.. Open.Skip(from).Take(query.Limit)] : [];
            _rooms[number] = page.DistinctBy(c => c.Room).Count();
            Interlocked.Increment(ref _answered);
            if (Failure is { } failure)
                return Task.FromException<CallRecordPage>(failure);
            return Task.FromResult(new CallRecordPage(page, from + page.Length < Open.Length ? $"{from + page.Length}" : null));
        }

        public Task<int> DeleteEndedBeforeAsync(DateTimeOffset time, DomainChoice domains, CancellationToken cancellationToken = default) => Task.FromResult(0);
    }
}
