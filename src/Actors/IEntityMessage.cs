using Conference.Actors.Serialization;

namespace Conference.Actors;

/// <summary>A message for a user or a room, wherever in the cluster that is.</summary>
public interface IEntityMessage : IWireMessage
{
    /// <summary>Of whom, within its kind: <c>domain/name</c>.</summary>
    string EntityId { get; }
}
