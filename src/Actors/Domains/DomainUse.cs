using System.Collections.Immutable;
using Conference.Actors.Cluster;
using Conference.Actors.Serialization;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Domains;

/// <summary>What a domain may be limited in as a whole, see <see cref="DomainRules"/>.</summary>
public enum Ceiling
{
    Sessions,
    Rooms,

    /// <summary>Within the last minute.</summary>
    Joins,
}

/// <summary>What of a domain is in use.</summary>
/// <param name="Sessions">Sessions that are signed in, or have been in a room.</param>
/// <param name="Rooms">Rooms with somebody in them.</param>
/// <param name="Joins">CONNs within the last minute. Only counted where they are limited.</param>
[MessagePackObject]
public readonly record struct DomainCounts([property: Key(0)] int Sessions, [property: Key(1)] int Rooms, [property: Key(2)] int Joins)
{
    public int Of(Ceiling ceiling) => ceiling switch
    {
        Ceiling.Sessions => Sessions,
        Ceiling.Rooms => Rooms,
        _ => Joins,
    };
}

/// <summary>What a node holds of some domains with ceilings.</summary>
/// <param name="Node">Which.</param>
/// <param name="Domains">Those whose counts have changed, or were not told for a while.</param>
[MessagePackObject]
public sealed record DomainUseNews([property: Key(0)] NodeId Node, [property: Key(1)] ImmutableArray<CountedDomain> Domains) : IWireMessage;

[MessagePackObject]
public readonly record struct CountedDomain([property: Key(0)] Domain Domain, [property: Key(1)] DomainCounts Counts);

/// <summary>
/// Holds domains to their ceilings. Each node counts what it has itself, exactly, and is told once a second what the others have (<see cref="DomainUseActor"/>): what comes in on
/// several nodes within that second may go beyond a ceiling. Safe from any thread.
/// </summary>
/// <param name="domains">Which ceilings they have.</param>
/// <param name="time">A clock that goes forward.</param>
public sealed class DomainUse(IDomains domains, TimeProvider time)
{
    /// <summary>Of one message: well below a frame of the remoting.</summary>
    private const int MostPerMessage = 500;

    /// <summary>Messages get lost: what has not changed is told again after that.</summary>
    private static readonly TimeSpan _tellAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<Domain, Held> _held = [];
    private readonly Dictionary<NodeId, Dictionary<Domain, DomainCounts>> _others = [];

    /// <summary>What this node holds of each domain that it holds anything of.</summary>
    public ImmutableArray<CountedDomain> Here
    {
        get
        {
            lock (_gate)
                return [.. _held.Select(h => new CountedDomain(h.Key, h.Value.Counts(Seconds)))];
        }
    }

    private long Seconds => time.GetTimestamp() / time.TimestampFrequency;

    /// <returns>False where the domain's ceiling is reached: nothing is taken then.</returns>
    public bool TryTake(Domain domain, Ceiling ceiling)
    {
        int? most = MostOf(domain, ceiling);
        // Nobody asks how many joins there are where they are not limited.
        if (most is null && ceiling == Ceiling.Joins)
            return true;
        lock (_gate)
        {
            if (most is { } limit && Sum(domain).Of(ceiling) >= limit)
                return false;
            HeldOf(domain).Add(ceiling, Seconds);
            return true;
        }
    }

    /// <summary>It is there already, whatever the ceiling: a room that has moved here with its members.</summary>
    public void Take(Domain domain, Ceiling ceiling)
    {
        lock (_gate)
            HeldOf(domain).Add(ceiling, Seconds);
    }

    public void GiveBack(Domain domain, Ceiling ceiling)
    {
        lock (_gate)
        {
            var held = HeldOf(domain);
            held.Remove(ceiling);
            Tidy(domain, held);
        }
    }

    /// <summary>On all nodes, as far as this one has heard.</summary>
    public DomainCounts Read(Domain domain)
    {
        lock (_gate)
            return Sum(domain);
    }

    /// <summary>What another node has told.</summary>
    public void Hear(DomainUseNews news)
    {
        lock (_gate)
        {
            if (!_others.TryGetValue(news.Node, out var counts))
                _others[news.Node] = counts = [];
            foreach (var (domain, count) in news.Domains)
            {
                if (count == default)
                    counts.Remove(domain);
                else
                    counts[domain] = count;
            }
        }
    }

    /// <summary>Nodes that are no members any more hold nothing.</summary>
    public void Forget(Func<NodeId, bool> isGone)
    {
        lock (_gate)
        {
            foreach (var node in _others.Keys.Where(isGone).ToArray())
                _others.Remove(node);
        }
    }

    /// <summary>What is to be told to the others now.</summary>
    public IReadOnlyList<DomainUseNews> News(NodeId self)
    {
        var changed = new List<CountedDomain>();
        lock (_gate)
        {
            long now = Seconds;
            foreach (var (domain, held) in _held.ToArray())
            {
                if (IsLimited(domains.RulesOf(domain)) && held.TryTell(now, (long)_tellAgainAfter.TotalSeconds, out var counts))
                    changed.Add(new CountedDomain(domain, counts));
                Tidy(domain, held);
            }
        }

        return [.. changed.Chunk(MostPerMessage).Select(chunk => new DomainUseNews(self, [.. chunk]))];
    }

    private static bool IsLimited(DomainRules rules) => (rules.MaxSessions ?? rules.MaxRooms ?? rules.JoinsPerMinute) is not null;

    private int? MostOf(Domain domain, Ceiling ceiling)
    {
        var rules = domains.RulesOf(domain);
        return ceiling switch
        {
            Ceiling.Sessions => rules.MaxSessions,
            Ceiling.Rooms => rules.MaxRooms,
            _ => rules.JoinsPerMinute,
        };
    }

    private Held HeldOf(Domain domain)
    {
        if (!_held.TryGetValue(domain, out var held))
            _held[domain] = held = new Held();
        return held;
    }

    private DomainCounts Sum(Domain domain)
    {
        var sum = _held.TryGetValue(domain, out var held) ? held.Counts(Seconds) : default;
        foreach (var node in _others.Values)
        {
            var there = node.GetValueOrDefault(domain);
            sum = new DomainCounts(sum.Sessions + there.Sessions, sum.Rooms + there.Rooms, sum.Joins + there.Joins);
        }

        return sum;
    }

    /// <summary>Of a domain that nothing is held of, and of which the others know that, nothing is kept.</summary>
    private void Tidy(Domain domain, Held held)
    {
        if (held.Counts(Seconds) == default && held.IsNothingTold)
            _held.Remove(domain);
    }

    /// <summary>What this node holds of one domain.</summary>
    private sealed class Held
    {
        private const int Window = 60;

        private int _sessions;
        private int _rooms;

        /// <summary>By second, the latest at <see cref="_second"/> modulo their number; null before the first.</summary>
        private int[]? _joins;

        private long _second;
        private DomainCounts _told;
        private long _toldAt;

        public bool IsNothingTold => _told == default;

        public void Add(Ceiling ceiling, long second)
        {
            if (ceiling == Ceiling.Sessions)
                _sessions++;
            else if (ceiling == Ceiling.Rooms)
                _rooms++;
            else
            {
                _joins ??= new int[Window];
                Advance(second);
                _joins[second % Window]++;
            }
        }

        public void Remove(Ceiling ceiling)
        {
            if (ceiling == Ceiling.Sessions)
                _sessions--;
            else
                _rooms--;
        }

        public DomainCounts Counts(long second)
        {
            Advance(second);
            return new DomainCounts(_sessions, _rooms, _joins?.Sum() ?? 0);
        }

        public bool TryTell(long second, long tellAgainAfter, out DomainCounts counts)
        {
            counts = Counts(second);
            if (counts == _told && (counts == default || second - _toldAt < tellAgainAfter))
                return false;
            (_told, _toldAt) = (counts, second);
            return true;
        }

        private void Advance(long second)
        {
            for (long passed = Math.Max(_second, second - Window) + 1; _joins is not null && passed <= second; passed++)
                _joins[passed % Window] = 0;
            _second = second;
        }
    }
}
