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

    /// <summary>-> <see cref="SessionOutcome.Connected"/>, <see cref="SessionOutcome.Refused"/></summary>
    public sealed record Connect(Service Service, Name Room, ServiceParameters Parameters) : SessionRequest;

    /// <summary>-> <see cref="SessionOutcome.Done"/></summary>
    public sealed record Disconnect(Service Service, Name Room) : SessionRequest;

    /// <summary>-> <see cref="SessionOutcome.Members"/>, <see cref="SessionOutcome.Refused"/></summary>
    public sealed record ListMembers(Name Room) : SessionRequest;

    /// <summary>New parameters for every CONN of a service. -> <see cref="SessionOutcome.Done"/>, <see cref="SessionOutcome.Refused"/></summary>
    public sealed record Configure(Service Service, ServiceParameters Parameters) : SessionRequest;

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

    public sealed record Done : SessionOutcome;

    public sealed record Members(IReadOnlyList<Member> All) : SessionOutcome;

    /// <param name="Name">Who the client is.</param>
    /// <param name="Grants">What it may; null is everything.</param>
    public sealed record SignedIn(Name Name, SessionGrants? Grants = null) : SessionOutcome;

    public sealed record NotSignedIn(SignInVerdict Why) : SessionOutcome;

    /// <summary>No, and why; or nobody answered in time, and the client may try again.</summary>
    public sealed record Refused(string Why) : SessionOutcome
    {
        public static Refused TryAgain { get; } = new("try again");
    }
}

/// <summary>One member of a room as LIST shows it.</summary>
public sealed record Member(Name Name, IReadOnlyList<Service> Services);
