using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Conference.Media.Tests;

public sealed class PortPoolTests
{
    private static readonly TimeSpan s_coolDown = TimeSpan.FromSeconds(5);
    private static readonly IPAddress s_alice = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress s_bob = IPAddress.Parse("10.0.0.2");

    [Fact]
    public void One_address_gets_every_number_once_and_then_none()
    {
        var pool = new PortPool(11000, 11003, s_coolDown);
        Assert.Equal([11000, 11001, 11002, 11003], Enumerable.Range(0, 4).Select(_ => pool.Take(s_alice, default)!.Value).Order());
        Assert.Null(pool.Take(s_alice, default));
        Assert.NotNull(pool.Take(s_bob, default));
        Assert.Equal(0, pool.Free);
        Assert.Equal(4, pool.MostHeld);
    }

    [Fact]
    public void The_least_used_number_comes_first()
    {
        var pool = new PortPool(1, 3, s_coolDown);
        int[] taken = [.. Enumerable.Range(0, 6).Select(i => pool.Take(Address(i), default)!.Value)];
        Assert.Equal([1, 2, 3], taken[..3].Order());
        Assert.Equal([1, 2, 3], taken[3..].Order());
        pool.Release(Address(4), taken[4], default);
        Assert.Equal(taken[4], pool.Take(Address(9), default));
    }

    [Fact]
    public void A_number_cools_down_for_the_address_that_had_it_and_for_no_other()
    {
        var pool = new PortPool(1, 2, s_coolDown);
        int first = pool.Take(s_alice, default)!.Value;
        int busy = pool.Take(s_bob, default)!.Value;
        pool.Release(s_alice, first, default);

        // Less used, but cooling: the used one is better.
        Assert.Equal(busy, pool.Take(s_alice, TimeSpan.FromSeconds(1)));
        Assert.Equal(first, pool.Take(s_bob, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void After_the_cool_down_the_number_is_as_good_as_any()
    {
        var pool = new PortPool(1, 2, s_coolDown);
        int first = pool.Take(s_alice, default)!.Value;
        pool.Take(s_bob, default);
        pool.Release(s_alice, first, default);
        Assert.Equal(first, pool.Take(s_alice, s_coolDown));
    }

    [Fact]
    public void Cool_down_alone_never_refuses_and_the_longest_cooled_comes_first()
    {
        var pool = new PortPool(1, 3, s_coolDown);
        int[] order = [.. Enumerable.Range(0, 3).Select(_ => pool.Take(s_alice, default)!.Value)];
        (order[0], order[2]) = (order[2], order[0]);
        for (int i = 0; i < 3; i++)
            pool.Release(s_alice, order[i], TimeSpan.FromMilliseconds(i));
        Assert.Equal(order, Enumerable.Range(0, 3).Select(_ => pool.Take(s_alice, TimeSpan.FromMilliseconds(9))!.Value));
        Assert.Null(pool.Take(s_alice, TimeSpan.FromMilliseconds(9)));
    }

    [Fact]
    public void An_ipv4_mapped_address_is_the_ipv4_address()
    {
        var pool = new PortPool(1, 1, s_coolDown);
        Assert.Equal(1, pool.Take(s_alice, default));
        Assert.Null(pool.Take(s_alice.MapToIPv6(), default));
        pool.Release(s_alice.MapToIPv6(), 1, default);
        Assert.Equal(1, pool.Take(s_alice, default));
    }

    [Fact]
    public void A_number_the_system_refuses_is_left_alone_for_a_while_and_tried_again_when_nothing_else_is_left()
    {
        var pool = new PortPool(1, 2, s_coolDown);
        int refused = pool.Take(s_alice, default)!.Value;
        pool.PutAside(s_alice, refused, default);
        Assert.Equal((1, 1), (pool.Aside, pool.Free));

        int other = pool.Take(s_alice, default)!.Value;
        Assert.NotEqual(refused, other);
        Assert.Equal(other, pool.Take(s_bob, default));
        Assert.Equal(refused, pool.Take(s_alice, default));
        Assert.Equal(0, pool.Aside);

        pool.PutAside(s_alice, refused, default);
        Assert.Equal(refused, pool.Take(s_alice, PortPool.AsideFor));
    }

    [Fact]
    public void Nothing_is_remembered_of_an_address_that_went_away()
    {
        var pool = new PortPool(1, 10, s_coolDown);
        for (int i = 0; i < 1000; i++)
            pool.Release(Address(i), pool.Take(Address(i), default)!.Value, default);
        Assert.Equal(1000, pool.Remembered);
        pool.Take(s_alice, s_coolDown);
        Assert.Equal(1, pool.Remembered);
    }

    [Fact]
    public void Releasing_what_is_not_held_changes_nothing()
    {
        var pool = new PortPool(1, 2, s_coolDown);
        int number = pool.Take(s_alice, default)!.Value;
        pool.Release(s_bob, number, default);
        pool.Release(s_alice, 3 - number, default);
        pool.Release(s_alice, number, default);
        pool.Release(s_alice, number, default);
        Assert.Equal(2, pool.Free);
    }

    [Fact]
    public void A_full_sized_pool_serves_one_busy_address_without_scanning()
    {
        var pool = new PortPool(11000, 19999, s_coolDown);
        var held = new Queue<int>();
        for (int i = 0; i < 9000; i++)
            held.Enqueue(pool.Take(s_alice, default)!.Value);
        for (int i = 0; i < 200_000; i++)
        {
            var now = TimeSpan.FromMilliseconds(i / 10.0);
            pool.Release(s_alice, held.Dequeue(), now);
            held.Enqueue(pool.Take(s_alice, now)!.Value);
        }

        Assert.Equal(9000, held.Distinct().Count());
        Assert.Equal(0, pool.Free);
    }

    /// <summary>Whatever is opened and closed, and when: no (address, number) twice, nobody refused who need not be, always a least
    /// used number among those that do not cool, and the gauges right.</summary>
    [Fact]
    public void Any_sequence_of_opens_and_closes_keeps_the_rules()
    {
        var steps = ArbMap.Default.ArbFor<(byte Address, byte Action, byte Pause)[]>();
        Prop.ForAll(steps, KeepsTheRules).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(300));
    }

    private static bool KeepsTheRules((byte Address, byte Action, byte Pause)[] steps)
    {
        const int size = 4;
        var pool = new PortPool(1, size, s_coolDown);
        var model = new List<(int Address, int Number)>();
        var cooling = new Dictionary<(int Address, int Number), TimeSpan>();
        TimeSpan now = default;
        foreach ((byte addressByte, byte action, byte pause) in steps)
        {
            int address = addressByte % 5;
            now += TimeSpan.FromMilliseconds(pause * 8);
            int[] mine = [.. model.Where(m => m.Address == address).Select(m => m.Number)];
            if (action % 3 == 0 && mine.Length > 0)
            {
                int closing = mine[action % mine.Length];
                pool.Release(Address(address), closing, now);
                model.Remove((address, closing));
                cooling[(address, closing)] = now;
            }
            else
            {
                int? taken = pool.Take(Address(address), now);
                if ((taken is null) != (mine.Length == size))
                    return false;
                if (taken is { } number)
                {
                    int[] rested = [.. Enumerable.Range(1, size).Where(n => !mine.Contains(n) && !IsCooling(address, n))];
                    int leastUse = rested.Length == 0 ? -1 : rested.Min(Uses);
                    if (mine.Contains(number) || (rested.Length > 0 && (!rested.Contains(number) || Uses(number) != leastUse)))
                        return false;
                    model.Add((address, number));
                    cooling.Remove((address, number));
                }
            }

            if (pool.Free != Enumerable.Range(1, size).Count(n => Uses(n) == 0))
                return false;
        }

        return true;

        int Uses(int number) => model.Count(m => m.Number == number);
        bool IsCooling(int address, int number) => cooling.TryGetValue((address, number), out TimeSpan since) && now - since < s_coolDown;
    }

    private static IPAddress Address(int i) => new([10, 1, (byte)(i >> 8), (byte)i]);
}
