using System.Globalization;
using System.Text;
using Conference.Protocol.Addresses;

namespace Conference.Protocol.Session;

/// <summary>
/// What somebody sets in the room they are in:
/// <code>
/// SETP room title Weekly standup       SETP room motd We begin at nine       ; "none" takes it back
/// SETP room lobby on                   SETP room locked on                   SETP room history on
/// SETP room password tulip             ; one word, "none" takes it back
/// SETP room moderator joe              SETP room no-moderator joe
/// SETP room admit joe                  SETP room refuse joe
/// SETP room mute joe                   SETP room unmute all
/// SETP room put-out joe                SETP room put-out joe 10              SETP room let-in joe
/// SETP room invite 60 5                ; minutes, persons
/// SETP room withdraw 0192f3c05d8a7c1e9b1d2f3a4b5c6d7e
/// </code>
/// </summary>
public abstract record RoomSetting
{
    private RoomSetting() { }

    /// <summary>The value that takes a title, a message or a password back.</summary>
    public const string None = "none";

    /// <summary>In place of a name: everybody.</summary>
    public const string All = "all";

    public const string TitleName = "title", MotdName = "motd", LobbyName = "lobby", LockedName = "locked", HistoryName = "history", PasswordName = "password",
        OwnerName = "owner", ModeratorsName = "moderators", RoleName = "role", WaitingName = "waiting", InvitationsName = "invitations";

    /// <summary>Bytes of UTF-8.</summary>
    public const int MaxTitleBytes = 200;

    /// <summary>Bytes of UTF-8: it fits into one line with all that stands before it.</summary>
    public const int MaxMotdBytes = 800;

    /// <summary>30 days.</summary>
    public const int MaxMinutes = 43_200;

    /// <summary>Persons that one invitation lets in.</summary>
    public const int MaxUses = 1000;

    private static readonly string[] _readable =
    [
        TitleName, MotdName, LobbyName, LockedName, HistoryName, PasswordName, OwnerName, ModeratorsName, RoleName, WaitingName, InvitationsName,
    ];

    private static readonly string[] _writable =
    [
        TitleName, MotdName, LobbyName, LockedName, HistoryName, PasswordName, "moderator", "no-moderator", "admit", "refuse", "mute", "unmute", "put-out",
        "let-in", "invite", "withdraw",
    ];

    public static IReadOnlyList<string> Readable => _readable;

    public static IReadOnlyList<string> Writable => _writable;

    /// <summary>Only moderators are told.</summary>
    public static bool IsForModerators(string parameter) => parameter is WaitingName or InvitationsName;

    /// <summary>What is said back when it is done; null where that is only known then.</summary>
    public virtual string? Told => null;

    /// <param name="parameter">One of <see cref="Writable"/>.</param>
    /// <param name="value">As it was said.</param>
    /// <param name="domain">Of which whoever is named is.</param>
    /// <returns>Null when the value cannot be.</returns>
    public static RoomSetting? Parse(string parameter, string value, Domain domain) => parameter switch
    {
        TitleName => IsText(value, MaxTitleBytes) ? new Title(Given(value)) : null,
        MotdName => IsText(value, MaxMotdBytes) ? new MessageOfTheDay(Given(value)) : null,
        LobbyName => OnOff.Parse(value) is { } on ? new Lobby(on) : null,
        LockedName => OnOff.Parse(value) is { } on ? new Locked(on) : null,
        HistoryName => OnOff.Parse(value) is { } on ? new History(on) : null,
        PasswordName => IsWord(value) && IsText(value, RoomPass.MaxBytes) ? new Password(Given(value)) : null,
        "moderator" or "no-moderator" => NameIn(value, domain) is { } who ? new Moderator(who, parameter == "moderator") : null,
        "admit" or "refuse" => NameIn(value, domain) is { } who ? new Waiting(who, parameter == "admit") : null,
        "mute" or "unmute" when value.Equals(All, StringComparison.OrdinalIgnoreCase) => new EveryoneMuted(parameter == "mute"),
        "mute" or "unmute" => NameIn(value, domain) is { } who ? new Muted(who, parameter == "mute") : null,
        "put-out" => ParsePutOut(value, domain),
        "let-in" => NameIn(value, domain) is { } who ? new LetIn(who) : null,
        "invite" => Words(value) is [var minutes, var uses] && Number(minutes, MaxMinutes) is { } m && Number(uses, MaxUses) is { } u ? new Invite(m, u) : null,
        "withdraw" => Guid.TryParseExact(value, "N", out var id) ? new Withdraw(id) : null,
        _ => null,
    };

    /// <summary>A line, as long as it may be, of characters that can be shown.</summary>
    /// <param name="text">Which line.</param>
    /// <param name="most">Bytes of UTF-8.</param>
    public static bool IsText(string text, int most) =>
        text.Trim().Length > 0 && Encoding.UTF8.GetByteCount(text) <= most && !text.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029');

    private static PutOut? ParsePutOut(string value, Domain domain) => Words(value) switch
    {
        [var name] => NameIn(name, domain) is { } who ? new PutOut(who, null) : null,
        [var name, var minutes] => NameIn(name, domain) is { } who && Number(minutes, MaxMinutes) is { } m ? new PutOut(who, m) : null,
        _ => null,
    };

    private static string? Given(string value) => value == None ? null : value;

    private static string[] Words(string value) => value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsWord(string value) => !value.Contains(' ', StringComparison.Ordinal);

    /// <summary>A user may be named with a host too; nobody but those of the session's own domain can be meant.</summary>
    private static Name? NameIn(string text, Domain domain) =>
        Name.TryParse(Target.TryParse(text, out var target) ? target.Name : text, domain, out var name) ? name : null;

    private static int? Number(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most ? number : null;

    /// <param name="Text">Null takes it back.</param>
    public sealed record Title(string? Text) : RoomSetting
    {
        public override string? Told => Text ?? None;

        public override string ToString() => nameof(Title);
    }

    /// <param name="Text">Null takes it back.</param>
    public sealed record MessageOfTheDay(string? Text) : RoomSetting
    {
        public override string? Told => Text ?? None;

        public override string ToString() => nameof(MessageOfTheDay);
    }

    /// <summary>Whoever comes waits until they are admitted.</summary>
    public sealed record Lobby(bool IsOn) : RoomSetting
    {
        public override string? Told => OnOff.ToText(IsOn);
    }

    /// <summary>Nobody comes in any more.</summary>
    public sealed record Locked(bool IsOn) : RoomSetting
    {
        public override string? Told => OnOff.ToText(IsOn);
    }

    /// <summary>Who comes late is told what was said.</summary>
    public sealed record History(bool IsOn) : RoomSetting
    {
        public override string? Told => OnOff.ToText(IsOn);
    }

    /// <param name="Word">As it was said; null takes it back.</param>
    public sealed record Password(string? Word) : RoomSetting
    {
        public override string? Told => OnOff.ToText(Word is not null);

        public override string ToString() => nameof(Password);
    }

    public sealed record Moderator(Name Who, bool IsGranted) : RoomSetting
    {
        public override string? Told => Who.Local;
    }

    /// <summary>Whoever waits in the lobby is let in, or turned away.</summary>
    public sealed record Waiting(Name Who, bool IsAdmitted) : RoomSetting
    {
        public override string? Told => Who.Local;
    }

    public sealed record Muted(Name Who, bool IsMuted) : RoomSetting
    {
        public override string? Told => Who.Local;
    }

    /// <summary>All who are in and are no moderators, and whoever comes while it lasts.</summary>
    public sealed record EveryoneMuted(bool IsMuted) : RoomSetting
    {
        public override string? Told => All;
    }

    /// <param name="Who">Whom.</param>
    /// <param name="Minutes">How long the name may not come back; null: until the room closes.</param>
    public sealed record PutOut(Name Who, int? Minutes) : RoomSetting
    {
        public override string? Told => Who.Local;
    }

    public sealed record LetIn(Name Who) : RoomSetting
    {
        public override string? Told => Who.Local;
    }

    /// <param name="Minutes">How long it is good.</param>
    /// <param name="Uses">For how many persons.</param>
    public sealed record Invite(int Minutes, int Uses) : RoomSetting;

    public sealed record Withdraw(Guid Id) : RoomSetting
    {
        public override string? Told => Id.ToString("N");
    }
}
