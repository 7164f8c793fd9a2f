using Conference.Client.Connections;
using Conference.Protocol.Addresses;

namespace Conference.Client.Calls;

/// <summary>Who is in the room as far as the server tells. Bounded.</summary>
internal sealed class CallMembers
{
    private const int MaxMembers = 5000;

    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);

    public void Add(IEnumerable<RoomMember> members)
    {
        foreach (var member in members)
            Add(member.Name);
    }

    /// <returns>What to tell the user, or null.</returns>
    public string? Apply(ServerEvent happened)
    {
        switch (happened)
        {
            case ServerEvent.Joined joined:
                Add(NameOf(joined.Who));
                return $"* {NameOf(joined.Who)} joined";
            case ServerEvent.Left left:
                _names.Remove(NameOf(left.Who));
                return $"* {NameOf(left.Who)} left";
            case ServerEvent.Call call:
                return $"* {NameOf(call.Caller)} calls ({Printable.Of(call.Service, 32)})";
            case ServerEvent.Speaker speaker:
                return $"* {NameOf(speaker.Who)} speaks";
            case ServerEvent.Moving moving:
                return $"* this server stops soon; go on at {Printable.Of(moving.Host, 256)}";
            case ServerEvent.Said said:
                return said.Sender is null ? $"> {Printable.Of(said.Text)}" : $"{NameOf(said.Sender)}> {Printable.Of(said.Text)}";
            case ServerEvent.Closing closing:
                return $"* the server closed the session: {Printable.Of(closing.Reason)}";
            default:
                return null;
        }
    }

    /// <summary>Those not in <paramref name="heard"/>.</summary>
    public IReadOnlyCollection<string> Except(IEnumerable<string> heard) => [.. _names.Except(heard)];

    public static string NameOf(string address) => Printable.Of(Target.TryParse(address, out var target) ? target.Name : address, 64);

    private void Add(string name)
    {
        if (name.Length > 0 && _names.Count < MaxMembers)
            _names.Add(NameOf(name));
    }
}
