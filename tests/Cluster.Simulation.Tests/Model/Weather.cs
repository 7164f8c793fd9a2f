namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>How badly messages travel now.</summary>
internal sealed class Weather
{
    private readonly World _world;
    private readonly double _usual;

    /// <param name="world">Whose chance it is.</param>
    /// <param name="usual">The longest that a statement is on its way in good weather, in seconds.</param>
    public Weather(World world, double usual) => (_world, _usual, Latency) = (world, usual, usual);

    /// <summary>The longest that a statement is on its way now, in seconds.</summary>
    public double Latency { get; private set; }

    /// <summary>How probably a statement fails before it is done.</summary>
    public double FailsBefore { get; set; }

    /// <summary>How probably it fails after it was committed.</summary>
    public double FailsAfter { get; set; }

    /// <summary>How probably a notification is lost.</summary>
    public double LosesNotifications { get; set; }

    /// <summary>How probably what a node is told is told it again, and a statement is done again, some time later.</summary>
    public double Repeats { get; set; }

    /// <summary>How probably an entity takes very long to stop.</summary>
    public double EntitiesHang { get; set; }

    public TimeSpan Delay() => _world.Between(0.0001, Latency);

    /// <summary>A slow network, for good.</summary>
    public void Slow() => Latency = 0.2;

    public void Storm() => Latency = 0.2 + (_world.Random.NextDouble() * 4);

    public void EndStorm() => Latency = _usual;

    public void Clear() => (Latency, FailsBefore, FailsAfter, LosesNotifications, Repeats, EntitiesHang) = (_usual, 0, 0, 0, 0, 0);
}
