namespace Conference.Actors.Rooms;

/// <summary>How much of a room one message tells: a message between nodes has a limit, a room has not.</summary>
public static class RoomPicture
{
    /// <summary>A port takes some 600 bytes at worst, with the paths of its actors; part of a picture is to hold up nothing behind it.</summary>
    public const int PortsPerPart = 200;

    /// <summary>Members in as many parts as they need; one, which is empty, for nobody.</summary>
    /// <param name="members">Whom.</param>
    /// <param name="ports">How many ports a member has.</param>
    public static IReadOnlyList<List<T>> Parts<T>(IEnumerable<T> members, Func<T, int> ports)
    {
        List<List<T>> parts = [[]];
        int size = 0;
        foreach (var member in members)
        {
            int more = ports(member);
            if (size + more > PortsPerPart && parts[^1].Count > 0)
            {
                parts.Add([]);
                size = 0;
            }

            parts[^1].Add(member);
            size += more;
        }

        return parts;
    }
}
