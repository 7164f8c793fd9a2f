using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Conference.Client.Load;

/// <summary>What one receiving thread counted.</summary>
internal sealed class LoadCounters
{
    /// <summary>Read by the progress bar while it grows; a torn or old value does no harm.</summary>
    public long Delivered;
    public long Duplicated;
    public long Reordered;

    /// <summary>From another room, or a sender's own.</summary>
    public long Misrouted;

    /// <summary>Not of the size sent, or not a packet of this run.</summary>
    public long Damaged;

    public DelayHistogram Delay { get; } = new();

    public void Add(LoadCounters other)
    {
        Delivered += other.Delivered;
        Duplicated += other.Duplicated;
        Reordered += other.Reordered;
        Misrouted += other.Misrouted;
        Damaged += other.Damaged;
        Delay.Add(other.Delay);
    }
}

/// <summary>What a run does now.</summary>
public enum LoadPhase
{
    Joining,
    Sending,
}

/// <param name="Done">0 to 1 of the phase.</param>
/// <param name="Count">Clients in, or packets received.</param>
public readonly record struct LoadProgress(LoadPhase Phase, double Done, long Count);

/// <summary>How many of a room send: <c>2</c>, or a share: <c>25%</c>.</summary>
public readonly record struct SenderCount(double Value, bool IsShare)
{
    public int In(int members) => Math.Min(members, IsShare ? (int)Math.Ceiling(members * Value / 100) : (int)Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + (IsShare ? "%" : "");

    public static bool TryParse([NotNullWhen(true)] string? text, out SenderCount count)
    {
        bool share = text is [.., '%'];
        var style = share ? NumberStyles.AllowDecimalPoint : NumberStyles.None;
        bool legal = double.TryParse(share ? text![..^1] : text, style, CultureInfo.InvariantCulture, out double value) && (!share || value <= 100);
        count = new SenderCount(value, share);
        return legal;
    }
}
