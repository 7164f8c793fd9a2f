using Conference.Protocol.Addresses;

namespace Conference.Actors.Users;

/// <summary>A message for whoever owns a user's presence, wherever that is.</summary>
public interface IUserMessage : IEntityMessage
{
    Name User { get; }

    string IEntityMessage.EntityId => EntityIds.Of(User);
}
