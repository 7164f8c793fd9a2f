using System.Collections.Immutable;
using Conference.Actors.Runtime;
using Conference.Protocol.Session;

namespace Conference.Actors.Presence;

/// <summary>One user's presence. A name without an account belongs to one session at a time: nobody can pose as a user who is here.</summary>
/// <param name="Sessions">The sessions that are this user.</param>
/// <param name="Status">What it says of itself.</param>
public sealed record UserState(ImmutableHashSet<IActorRef> Sessions, UserStatus Status)
{
    public static UserState Absent { get; } = new([], UserStatus.Online);

    public bool IsOnline => !Sessions.IsEmpty;

    public bool MaySignIn(IActorRef session) => Sessions.IsEmpty || Sessions.Contains(session);

    public UserState WithSession(IActorRef session) => this with { Sessions = Sessions.Add(session) };

    public UserState WithoutSession(IActorRef session)
    {
        var left = Sessions.Remove(session);
        return left.IsEmpty ? Absent : this with { Sessions = left };
    }
}
