using Conference.Protocol.Replies;

namespace Conference.Client.Connections;

/// <summary>A line of LIST: <c>211 joe video,audio</c>.</summary>
public sealed record RoomMember(string Name, IReadOnlyList<string> Services)
{
    internal static RoomMember From(Reply reply)
    {
        string[] parts = reply.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new RoomMember(
            parts.Length > 0 ? parts[0] : "",
            parts.Length > 1 ? parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries) : []);
    }
}
