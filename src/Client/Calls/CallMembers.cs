using Conference.Client.Connections;
using Conference.Protocol.Addresses;

namespace Conference.Client.Calls;

/// <summary>Who is in the room as far as the server tells, this client among them. Bounded.</summary>
internal sealed class CallMembers
{
    private bool _isInLobby;
    private const int MaxMembers = 5000;

    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _muted = new(StringComparer.Ordinal);

    /// <summary>This client's own name.</summary>
    public string Self { get; set; } = "";

    /// <summary>Who speaks in the room; null where nobody is known to.</summary>
    public string? Speaker { get; private set; }

    /// <summary>Set when the server said that this client has left, which it did not do itself: an operator put it out, or closed the room.</summary>
    public bool IsSaidToHaveLeft { get; private set; }

    /// <summary>The same, and that it was put out.</summary>
    public bool IsPutOut { get; private set; }

    /// <summary>An operator has muted them.</summary>
    public bool IsMuted(string member) => _muted.Contains(member);

    public void Add(IEnumerable<RoomMember> members)
    {
        foreach (var member in members)
            Add(NameOf(member.Name));
    }

    /// <summary>A new session knows nothing of the one before.</summary>
    public void Clear()
    {
        _names.Clear();
        _muted.Clear();
        (Speaker, IsSaidToHaveLeft, IsPutOut) = (null, false, false);
    }

    /// <summary>It was another session of the same user that has left.</summary>
    public void Stay() => (IsSaidToHaveLeft, IsPutOut) = (false, false);

    /// <returns>What to tell the user, or null.</returns>
    public string? Apply(ServerEvent happened)
    {
        switch (happened)
        {
            case ServerEvent.Joined joined:
                Add(NameOf(joined.Who));
                return $"* {NameOf(joined.Who)} joined";
            case ServerEvent.Left left:
                return Leave(NameOf(left.Who));
            case ServerEvent.Call call:
                return $"* {NameOf(call.Caller)} calls ({Printable.Of(call.Service, 32)})";
            case ServerEvent.Speaker speaker:
                Speaker = NameOf(speaker.Who);
                return null;
            case ServerEvent.Moving moving:
                return $"* this server stops soon; go on at {Printable.Of(moving.Host, 256)}";
            case ServerEvent.Muted muted:
                return Mute(NameOf(muted.Who), muted.IsMuted);
            case ServerEvent.Recording recording:
                return $"* {NameOf(recording.Who)} {(recording.IsOn ? "is recording" : "has stopped recording")}";
            case ServerEvent.PutOut putOut:
                IsPutOut |= NameOf(putOut.Who) == Self;
                return NameOf(putOut.Who) == Self ? null : $"* an operator has put {NameOf(putOut.Who)} out";
            case ServerEvent.Waiting waiting:
                return TellOfLobby(NameOf(waiting.Room));
            case ServerEvent.Waits waits:
                return waits.IsWaiting
                    ? $"* {NameOf(waits.Who)} waits to be let in: /admit {NameOf(waits.Who)} or /refuse {NameOf(waits.Who)}"
                    : $"* {NameOf(waits.Who)} waits no more";
            case ServerEvent.RoomTold room:
                return $"* {Printable.Of(room.Parameter, 32)}: {Printable.Of(room.Value)}";
            case ServerEvent.Said said:
                return said.Sender is null ? $"> {Printable.Of(said.Text)}" : $"{NameOf(said.Sender)}> {Printable.Of(said.Text)}";
            case ServerEvent.Closing closing:
                return $"* the server closed the session: {Printable.Of(closing.Reason)}";
            default:
                return null;
        }
    }

    /// <summary>The others, without those in <paramref name="heard"/>.</summary>
    public IReadOnlyCollection<string> Except(IEnumerable<string> heard) => [.. _names.Except(heard).Where(n => n != Self)];

    /// <summary>Everybody, as they are now.</summary>
    public IReadOnlySet<string> Snapshot() => _names.ToHashSet(StringComparer.Ordinal);

    /// <summary>Who is here beside oneself, as a line.</summary>
    public string Presence() =>
        Except([]) is { Count: > 0 } others ? $"* here: {Printable.Of(string.Join(", ", others))}" : "* nobody else is here yet";

    /// <summary>Why this client is not in the room any more. A server that does not say <c>117</c> leaves open which of the two it was.</summary>
    public string Expulsion(string room) =>
        IsPutOut ? $"an operator has put you out of {room}" : $"{room} was closed, or an operator has put you out of it";

    public static string NameOf(string address) => Printable.Of(Target.TryParse(address, out var target) ? target.Name : address, 64);

    /// <summary>Once, however many services wait.</summary>
    private string? TellOfLobby(string room)
    {
        if (_isInLobby)
            return null;
        _isInLobby = true;
        return $"* waiting until somebody lets you in to {room}";
    }

    private string? Leave(string name)
    {
        if (name == Self)
        {
            IsSaidToHaveLeft = true;
            return null;
        }

        _names.Remove(name);
        _muted.Remove(name);
        Speaker = Speaker == name ? null : Speaker;
        return $"* {name} left";
    }

    private string Mute(string name, bool isMuted)
    {
        string whom = name == Self ? "you" : name;
        if (!isMuted)
        {
            _muted.Remove(name);
            return $"* an operator has unmuted {whom}";
        }

        if (_muted.Count < MaxMembers)
            _muted.Add(name);
        return $"* an operator has muted {whom}";
    }

    private void Add(string name)
    {
        if (name.Length > 0 && _names.Count < MaxMembers)
            _names.Add(name);
    }
}
