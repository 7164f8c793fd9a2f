namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>
/// One thread, one true time, one source of chance: what happens next is the earliest event, of equals the one that was planned first. So a
/// seed is a whole history, and gives it again.
/// </summary>
/// <param name="seed">Of all chance.</param>
/// <param name="isTold">Keep all steps, to be read.</param>
internal sealed class World(int seed, bool isTold)
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private readonly List<(TimeSpan At, string Who, object What)>? _steps = isTold ? [] : null;
    private long _planned;

    public int Seed => seed;

    public Random Random { get; } = new(seed);

    /// <summary>True time. Nobody in the cluster knows it.</summary>
    public TimeSpan Now { get; private set; }

    public long Steps { get; private set; }

    public void At(TimeSpan time, Action action) => _events.Enqueue(action, (time < Now ? Now : time, _planned++));

    public void After(TimeSpan delay, Action action) => At(Now + delay, action);

    public void RunUntil(TimeSpan time)
    {
        while (_events.TryPeek(out _, out var next) && next.At <= time)
        {
            var action = _events.Dequeue();
            Now = next.At;
            Steps++;
            action();
        }

        Now = time;
    }

    /// <summary>A time between two, most often near the first.</summary>
    public TimeSpan Between(double seconds, double limit)
    {
        var chance = Random.NextDouble();
        return TimeSpan.FromSeconds(seconds + ((limit - seconds) * chance * chance));
    }

    public bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> from) => from[Random.Next(from.Count)];

    /// <summary>Kept as it is, and written out only when somebody wants to read it.</summary>
    public void Trace(string who, object what) => _steps?.Add((Now, who, what));

    /// <summary>The last of them, a line each.</summary>
    public string Tell(int count) => string.Join(
        '\n',
        (_steps ?? []).TakeLast(count).Select(s => FormattableString.Invariant($"{s.At.TotalSeconds,9:F4} {s.Who,-6} {Print.Line(s.What)}")));

    /// <summary>Ends the simulation: what must never be has been.</summary>
    public void Fail(string what) => throw new InvariantException(what, this);
}
