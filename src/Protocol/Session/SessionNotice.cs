using System.Collections.Immutable;
using Conference.Protocol.Addresses;

namespace Conference.Protocol.Session;

/// <summary>Something that happened elsewhere and may be a line for this client; which, its options say.</summary>
public abstract record SessionNotice
{
    private SessionNotice() { }

    public sealed record Joined(Name Who) : SessionNotice;

    public sealed record Left(Name Who) : SessionNotice;

    /// <summary>Somebody connected to this user's own room.</summary>
    public sealed record Called(Service Service, Name Caller) : SessionNotice;

    public sealed record Spoke(Name Who) : SessionNotice;

    /// <summary>Somebody said something: in a room this session is in, or to this session's user.</summary>
    /// <param name="Sender">Who.</param>
    /// <param name="Service">About what, mostly chat.</param>
    /// <param name="Text">The words. Never logged.</param>
    /// <param name="ToOwnerOf">Set when it comes because the room is the user's own; a session that is in that room hears it there already.</param>
    public sealed record Said(Name Sender, Service Service, string Text, Name? ToOwnerOf = null) : SessionNotice
    {
        public override string ToString() => $"Said {{ Service = {Service} }}";
    }

    /// <summary>This server is about to stop; <paramref name="Host"/> goes on. Null: it will not after all.</summary>
    public sealed record Moving(string? Host) : SessionNotice;

    /// <summary>An operator muted a member of a room this session is in or enters, this session's user perhaps, or took it back.</summary>
    public sealed record Muted(Name Room, Name Who, bool IsMuted) : SessionNotice;

    /// <summary>The token that ports followed has been shown, and is followed by another.</summary>
    /// <param name="Token">Sixteen hexadecimal digits.</param>
    public sealed record TokenShown(string Token) : SessionNotice
    {
        public override string ToString() => nameof(TokenShown);
    }

    /// <summary>Another member of a room this session is in or enters records it, or does so no more.</summary>
    public sealed record Recording(Name Room, Name Who, bool IsOn) : SessionNotice;

    /// <summary>An operator puts another member out of a room this session is in.</summary>
    public sealed record OtherPutOut(Name Who) : SessionNotice;

    /// <summary>The session lost its place in a room.</summary>
    /// <param name="Room">Which.</param>
    /// <param name="IsClosing">The room is closed, with everybody in it. False: an operator put this user out.</param>
    public sealed record PutOut(Name Room, bool IsClosing) : SessionNotice;

    /// <summary>What this session waited for in a room's lobby is decided.</summary>
    /// <param name="Room">Which room.</param>
    /// <param name="IsAdmitted">It may ask again and is let in, unless something else is in the way. False: it was turned away.</param>
    public sealed record LobbyOver(Name Room, bool IsAdmitted) : SessionNotice;

    /// <summary>To a moderator: somebody waits in the lobby of a room this session is in, or does so no more.</summary>
    public sealed record Waits(Name Room, Name Who, bool IsWaiting) : SessionNotice;

    /// <summary>Something of a room this session is in or enters is so now.</summary>
    /// <param name="Room">Which room.</param>
    /// <param name="Parameter">As in <c>GETP room</c>.</param>
    /// <param name="Value">As GETP tells it. Never logged.</param>
    public sealed record RoomTold(Name Room, string Parameter, string Value) : SessionNotice
    {
        public override string ToString() => $"RoomTold {{ Parameter = {Parameter} }}";
    }

    /// <summary>Who sits on the lines of this session's browser now.</summary>
    /// <param name="Seats">Every line, those too where nobody sits.</param>
    /// <param name="IsShort">Somebody is not shown for want of a line.</param>
    public sealed record Seated(ImmutableArray<Seat> Seats, bool IsShort) : SessionNotice;
}

/// <summary>A line on which a browser is sent somebody.</summary>
/// <param name="Mid">Its name in SDP.</param>
/// <param name="Sitting">Who sits there, and by which service; null for nobody.</param>
public readonly record struct Seat(string Mid, (Service Service, Name Who)? Sitting);
