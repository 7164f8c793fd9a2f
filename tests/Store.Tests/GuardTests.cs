using Conference.Actors.Cluster;
using Conference.Store.Tests.Support;

namespace Conference.Store.Tests;

/// <summary>A node that may not act stores nothing, at whatever moment of a write it was when that became so.</summary>
public sealed class GuardTests(PostgresServer server)
{
    [Fact]
    public async Task A_write_that_waited_in_the_queue_does_not_go_out()
    {
        await using var database = await TestStore.PostgresAsync(server);
        await using var store = await database.OpenAsync();
        var guard = new TestGuard();
        await using var node = await TestSystem.StartAsync(store, guard);
        string[] ids = [.. Enumerable.Range(0, 100).Select(i => $"room/default/e{i}")];
        await Task.WhenAll(ids.Select(node.ValuesAsync));
        var hold = await database.HoldAsync();
        var writes = ids.Select(id => node.StoreAsync(id, Guid.NewGuid())).ToArray();
        await Task.Delay(500);
        guard.MayAct = false;
        await hold.DisposeAsync();
        foreach (var write in writes)
            await Assert.ThrowsAsync<NotStoredException>(() => write);
        Assert.Equal(0L, await database.QueryAsync("select count(*) from conference_journal"));
        guard.MayAct = true;
    }

    [Fact]
    public async Task A_node_that_stood_still_between_the_question_and_the_write_does_not_commit_it()
    {
        await using var database = await TestStore.PostgresAsync(server);
        await using var store = await database.OpenAsync();
        var guard = new TestGuard();
        await using var node = await TestSystem.StartAsync(store, guard);
        await node.ValuesAsync("room/default/joe");
        guard.Answers.Enqueue(true);
        guard.Answers.Enqueue(false);
        var refused = await Assert.ThrowsAsync<NotStoredException>(() => node.StoreAsync("room/default/joe", Guid.NewGuid()));
        Assert.Empty(guard.Answers);
        Assert.IsType<NotActingException>(refused.InnerException!.GetBaseException());
        Assert.Equal(0L, await database.QueryAsync("select count(*) from conference_journal"));
        await node.StoreAsync("room/default/joe", Guid.NewGuid());
    }

    [Fact]
    public async Task A_node_that_stands_still_inside_its_transaction_has_it_ended_by_the_server()
    {
        await using var database = await TestStore.PostgresAsync(server);
        await using var store = await database.OpenAsync();
        var guard = new TestGuard();
        await using var node = await TestSystem.StartAsync(store, guard);
        await node.ValuesAsync("room/default/joe");
        // The second question is put after the rows are written: here the node stands still, and when it wakes it is told that all is well.
        guard.Answers.Enqueue(true);
        guard.Pause = TimeSpan.FromSeconds(3);
        await Assert.ThrowsAsync<NotStoredException>(() => node.StoreAsync("room/default/joe", Guid.NewGuid()));
        Assert.Equal(0L, await database.QueryAsync("select count(*) from conference_journal"));
        await node.StoreAsync("room/default/joe", Guid.NewGuid());
    }

    private sealed class TestGuard : IActingGuard
    {
        private volatile bool _mayAct = true;

        public System.Collections.Concurrent.ConcurrentQueue<bool> Answers { get; } = [];

        /// <summary>How long the next answer takes that is not one of <see cref="Answers"/>.</summary>
        public TimeSpan Pause { get; set; }

        public bool MayAct
        {
            get
            {
                if (Answers.TryDequeue(out bool answer))
                    return answer;
                var pause = Pause;
                Pause = TimeSpan.Zero;
                Thread.Sleep(pause);
                return _mayAct;
            }
            set => _mayAct = value;
        }
    }
}
