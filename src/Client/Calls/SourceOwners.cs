using Conference.Client.Connections;
using Conference.Client.Media.Rtp;

namespace Conference.Client.Calls;

/// <summary>
/// Whose the sources in a room are, by one <c>LIST</c> after another. What stands behind one 211 line belongs to one session: it has a number here, which goes on as
/// long as one of its sources does. Bounded by what the last LIST told.
/// </summary>
internal sealed class SourceOwners
{
    private Dictionary<uint, SourceOwner> _owners = [];
    private int _sessions;

    public SourceOwner? Find(uint ssrc) => _owners.GetValueOrDefault(ssrc);

    public void Take(IEnumerable<RoomMember> members)
    {
        var now = new Dictionary<uint, SourceOwner>();
        var taken = new HashSet<SourceOwner>();
        foreach (var member in members.Where(m => m.Sources.Count > 0))
        {
            string name = CallMembers.NameOf(member.Name);
            var before = member.Sources.Select(Find).FirstOrDefault(o => o?.Name == name && !taken.Contains(o));
            var owner = before ?? new SourceOwner(name, ++_sessions);
            taken.Add(owner);
            foreach (uint ssrc in member.Sources)
                now.TryAdd(ssrc, owner);
        }

        _owners = now;
    }
}
