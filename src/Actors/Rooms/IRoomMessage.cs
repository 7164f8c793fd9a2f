using Conference.Protocol.Addresses;

namespace Conference.Actors.Rooms;

/// <summary>A message for whoever owns a room, wherever that is.</summary>
public interface IRoomMessage : IEntityMessage
{
    Name Room { get; }

    string IEntityMessage.EntityId => EntityIds.Of(Room);
}
