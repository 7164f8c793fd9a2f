using Conference.Protocol.Addresses;

namespace Conference.Actors.Persistence;

/// <summary>A change to what can be listed without waking an actor, committed together with the events it follows from.</summary>
public abstract record ReadModelChange
{
    private ReadModelChange() { }

    /// <summary>An account or a kept room is there, with these details.</summary>
    public sealed record Present(DirectoryEntry Entry) : ReadModelChange;

    /// <summary>It is there no more.</summary>
    public sealed record Absent(DirectoryKind Kind, Name Name) : ReadModelChange;

    /// <summary>A call record is now this, whatever it was.</summary>
    public sealed record Call(CallRecord Record) : ReadModelChange;
}
