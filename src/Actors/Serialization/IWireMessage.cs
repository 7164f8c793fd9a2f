namespace Conference.Actors.Serialization;

/// <summary>
/// May cross from one node to another: <see cref="ConferenceSerializer"/> writes it, under a manifest of its own. Whatever else nodes could be told is
/// refused on both sides.
/// </summary>
public interface IWireMessage;
