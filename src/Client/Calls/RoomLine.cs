using Conference.Client.Connections;
using Conference.Protocol;

namespace Conference.Client.Calls;

/// <summary>
/// What somebody types to see or set something of the room: <c>/title Weekly standup</c>, <c>/admit joe</c> (<c>SETP room</c>), and <c>/waiting</c> alone
/// (<c>GETP room</c>).
/// </summary>
/// <param name="Parameter">Of the room.</param>
/// <param name="Value">Null asks for it.</param>
public sealed record RoomLine(string Parameter, string? Value)
{
    /// <returns>Null for what is to be said to everybody.</returns>
    public static RoomLine? Of(string typed)
    {
        if (typed is not ['/', >= 'a' and <= 'z', ..])
            return null;
        return typed[1..].Split(' ', 2, StringSplitOptions.TrimEntries) is [var parameter, { Length: > 0 } value]
            ? new RoomLine(parameter, value)
            : new RoomLine(typed[1..].Trim(), null);
    }

    /// <returns>What is so now.</returns>
    /// <exception cref="QcvcException">Refused.</exception>
    /// <exception cref="ArgumentException">It fits into no line.</exception>
    public async Task<string> SayAsync(QcvcClient client, CancellationToken cancel) => Value is { } value
        ? $"{Parameter}: {await client.SetpAsync(Service.Room, Parameter, value, cancel)}"
        : $"{Parameter}: {await client.GetpAsync(Service.Room, Parameter, cancel) ?? "there is no such thing"}";

    public override string ToString() => $"RoomLine {{ Parameter = {Parameter} }}";
}
