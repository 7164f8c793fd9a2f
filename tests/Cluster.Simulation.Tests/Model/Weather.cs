namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>How badly messages travel now.</summary>
internal sealed class Weather(World world)
{
    /// <summary>The longest that a statement is on its way, in seconds.</summary>
    public double Latency { get; set; } = 0.003;

    /// <summary>How probably a statement fails before it is done.</summary>
    public double FailsBefore { get; set; }

    /// <summary>How probably it fails after it was committed.</summary>
    public double FailsAfter { get; set; }

    /// <summary>How probably a notification is lost.</summary>
    public double LosesNotifications { get; set; }

    /// <summary>How probably an entity takes very long to stop.</summary>
    public double EntitiesHang { get; set; }

    public TimeSpan Delay() => world.Between(0.0001, Latency);

    public void Clear() => (Latency, FailsBefore, FailsAfter, LosesNotifications, EntitiesHang) = (0.003, 0, 0, 0, 0);
}
