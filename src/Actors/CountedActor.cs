namespace Conference.Actors;

/// <summary>The actors there may be many of. The names of their types are the <c>type</c> label of <c>conference_actors</c>.</summary>
public enum CountedActor
{
    SessionActor,
    MediaPortActor,
    ForwarderActor,
    UserActor,
    RoomActor,
}
