using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Conference.Client.Load;

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
