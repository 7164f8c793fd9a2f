using Conference.Protocol.Addresses;

namespace Conference.Protocol.Session;

/// <summary>
/// What the session machine cannot know by itself. It asks one thing at a time and waits for its <see cref="SessionOutcome"/>,
/// so replies keep the order of commands.
/// </summary>
public abstract record SessionRequest
{
    private SessionRequest() { }

    /// <summary>Is this user or room here? -> <see cref="SessionOutcome.Found"/>, <see cref="SessionOutcome.NotFound"/></summary>
    public sealed record Find(Name Who) : SessionRequest;

    /// <summary>-> <see cref="SessionOutcome.StatusIs"/>, <see cref="SessionOutcome.NotFound"/></summary>
    public sealed record ReadStatus(Name Who) : SessionRequest;

    /// <summary>The signed-in user's own status. -> <see cref="SessionOutcome.StatusIs"/></summary>
    public sealed record SetStatus(UserStatus Status) : SessionRequest;

    /// <summary>-> <see cref="SessionOutcome.Connected"/>, <see cref="SessionOutcome.Waiting"/>, <see cref="SessionOutcome.Refused"/></summary>
    public sealed record Connect(Service Service, Name Room, ServiceParameters Parameters) : SessionRequest
    {
        /// <summary>What the client has to show for it, where it is not in the room yet.</summary>
        public RoomPass Pass { get; init; } = RoomPass.None;
    }

    /// <summary>Waits for a room no more. -> <see cref="SessionOutcome.Done"/></summary>
    public sealed record StopWaiting(Name Room) : SessionRequest;

    /// <summary>Somebody in a room sets something there. -> <see cref="SessionOutcome.RoomIs"/>, <see cref="SessionOutcome.Refused"/></summary>
    public sealed record SetRoom(Name Room, RoomSetting Setting) : SessionRequest;

    /// <summary>-> <see cref="SessionOutcome.RoomIs"/>, <see cref="SessionOutcome.Refused"/></summary>
    /// <param name="Parameter">One of <see cref="RoomSetting.Readable"/>.</param>
    public sealed record ReadRoom(Name Room, string Parameter) : SessionRequest;

    /// <summary>-> <see cref="SessionOutcome.Done"/></summary>
    public sealed record Disconnect(Service Service, Name Room) : SessionRequest;

    /// <summary>-> <see cref="SessionOutcome.Members"/>, <see cref="SessionOutcome.Refused"/></summary>
    /// <param name="Details">With what they send, as far as this node carries it.</param>
    public sealed record ListMembers(Name Room, bool Details = false) : SessionRequest;

    /// <summary>How many frames a second are forwarded to this session now. -> <see cref="SessionOutcome.Reading"/></summary>
    public sealed record ReadRate(Service Service) : SessionRequest;

    /// <summary>New parameters for every CONN of a service. -> <see cref="SessionOutcome.Done"/>, <see cref="SessionOutcome.Refused"/></summary>
    public sealed record Configure(Service Service, ServiceParameters Parameters) : SessionRequest;

    /// <summary>The session's ports follow a token, all those there are and will be; or do so no more. -> <see cref="SessionOutcome.Roaming"/></summary>
    public sealed record Roam(bool IsOn) : SessionRequest;

    /// <summary>The session outlives its connection for a while, or does so no more. -> <see cref="SessionOutcome.Kept"/></summary>
    public sealed record Keep(bool IsOn) : SessionRequest;

    /// <summary>The client is another session's, which lost it. -> <see cref="SessionOutcome.Resumed"/>, <see cref="SessionOutcome.NotSignedIn"/>, <see cref="SessionOutcome.Refused"/></summary>
    /// <param name="Token">As it was said.</param>
    public sealed record Resume(string Token) : SessionRequest
    {
        public override string ToString() => nameof(Resume);
    }

    /// <summary>As <see cref="Configure"/>, for every service that is connected: the session records, or does so no more.</summary>
    public sealed record Record(IReadOnlyDictionary<Service, ServiceParameters> Parameters) : SessionRequest;

    /// <summary>-> <see cref="SessionOutcome.SignedIn"/>, <see cref="SessionOutcome.NotSignedIn"/>, <see cref="SessionOutcome.Refused"/></summary>
    public sealed record SignInAnonymous(Name Name) : SessionRequest;

    /// <summary>Answered as <see cref="SignInAnonymous"/>. The password is as the client said it.</summary>
    public sealed record SignInPassword(Name Name, string Password) : SessionRequest
    {
        public override string ToString() => nameof(SignInPassword);
    }

    /// <summary>Answered as <see cref="SignInAnonymous"/>; who it is, the token says.</summary>
    public sealed record SignInBearer(string Token) : SessionRequest
    {
        public override string ToString() => nameof(SignInBearer);
    }

    /// <summary>Who signed in by a token shows another. -> <see cref="SessionOutcome.Renewed"/>, <see cref="SessionOutcome.NotSignedIn"/>, <see cref="SessionOutcome.Refused"/></summary>
    /// <param name="Name">Whose it must be.</param>
    /// <param name="Token">As it was said.</param>
    public sealed record Renew(Name Name, string Token) : SessionRequest
    {
        public override string ToString() => nameof(Renew);
    }
}

/// <summary>The answer to a <see cref="SessionRequest"/>.</summary>
public abstract record SessionOutcome
{
    private SessionOutcome() { }

    public sealed record Found : SessionOutcome;

    public sealed record NotFound : SessionOutcome;

    public sealed record StatusIs(UserStatus Status) : SessionOutcome;

    /// <param name="Port">UDP port number.</param>
    public sealed record Connected(int Port) : SessionOutcome;

    /// <summary>It waits in the room's lobby until a moderator decides (<see cref="SessionNotice.LobbyOver"/>).</summary>
    public sealed record Waiting(Name Room) : SessionOutcome;

    /// <summary>What a room's parameter is now.</summary>
    public sealed record RoomIs(string Value) : SessionOutcome
    {
        // A title, or an invitation.
        public override string ToString() => nameof(RoomIs);
    }

    public sealed record Done : SessionOutcome;

    /// <summary>A figure, or null where there is nothing to measure.</summary>
    public sealed record Reading(double? Value) : SessionOutcome;

    /// <param name="Token">Sixteen hexadecimal digits; null where it is off.</param>
    public sealed record Roaming(string? Token) : SessionOutcome
    {
        public override string ToString() => nameof(Roaming);
    }

    /// <param name="Token">By which the session is found again; null where it is not kept.</param>
    public sealed record Kept(string? Token) : SessionOutcome
    {
        public override string ToString() => nameof(Kept);
    }

    public sealed record Members(IReadOnlyList<Member> All) : SessionOutcome;

    /// <param name="Name">Who the client is.</param>
    /// <param name="Grants">What it may; null is everything.</param>
    public sealed record SignedIn(Name Name, SessionGrants? Grants = null) : SessionOutcome;

    /// <summary>The client is the other session's from now on, and was told so by that; this session is over, and says nothing more.</summary>
    public sealed record Resumed : SessionOutcome;

    /// <param name="Grants">What the client may from now on.</param>
    public sealed record Renewed(SessionGrants Grants) : SessionOutcome;

    /// <param name="Why">Finer than the client is told.</param>
    /// <param name="Text">What it is told, where that says more than <see cref="SignInVerdictText.ToText"/>.</param>
    public sealed record NotSignedIn(SignInVerdict Why, string? Text = null) : SessionOutcome;

    /// <summary>No, and why; or nobody answered in time, and the client may try again.</summary>
    public sealed record Refused(string Why) : SessionOutcome
    {
        public static Refused TryAgain { get; } = new("try again");

        public static Refused NoPortFree { get; } = new("no port free");

        public static Refused NoBrowsers { get; } = new("no browsers here");

        public static Refused RoomIsLocked { get; } = new("room is locked");

        public static Refused RoomIsFull { get; } = new("room is full");

        public static Refused PutOut { get; } = new("put out");

        public static Refused NotAllowed { get; } = new("not allowed");

        /// <summary>A ceiling of the domain is reached.</summary>
        public static Refused DomainIsFull(Domain domain) => new($"{domain} is full");

        public static Refused NotInRoom { get; } = new("not in a room");

        public static Refused NotAdmitted { get; } = new("not admitted");

        public static Refused PasswordRequired { get; } = new("password required");

        public static Refused WrongPassword { get; } = new("wrong password");

        public static Refused NoSuchInvitation { get; } = new("no such invitation");

        public static Refused TryAgainLater { get; } = new("try again later");

        public static Refused StartTlsFirst { get; } = new("start TLS first");
    }
}

/// <summary>One member of a room as LIST shows it.</summary>
public sealed record Member(Name Name, IReadOnlyList<Service> Services)
{
    /// <summary>What this member sends, where that was asked for and is known here.</summary>
    public IReadOnlyList<MemberSource> Sources { get; init; } = [];
}

/// <summary>One RTP source of a member.</summary>
/// <param name="Service">Of which service.</param>
/// <param name="Ssrc">Its number, as the others see it.</param>
/// <param name="Codec">A word without spaces; <c>?</c> where it is not known.</param>
/// <param name="Kilobits">kbit/s over the last second.</param>
/// <param name="Frames">Frames a second; 0 for sound.</param>
/// <param name="Packets">Received.</param>
/// <param name="Lost">Never received.</param>
/// <param name="JitterMilliseconds">RFC 3550's.</param>
/// <param name="Keyframes">Since it began.</param>
/// <param name="Layer">Its simulcast layer, 0 the smallest; null for none.</param>
public sealed record MemberSource(
    Service Service, uint Ssrc, string Codec, double Kilobits, double Frames, long Packets, long Lost, double JitterMilliseconds, long Keyframes,
    int? Layer);
