using System.Net;
using Conference.Actors.Rooms;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Sessions;

/// <summary>
/// Says whether a client is who it says, as the node provides it. Nothing here blocks the caller or throws for what a client said;
/// how often somebody may try is decided here too.
/// </summary>
public interface IAuthenticator
{
    /// <param name="client">Where the try comes from.</param>
    /// <param name="user">Who the client says it is.</param>
    /// <param name="password">As it was said.</param>
    /// <param name="readCredential">Reads what is kept of that user. Called at most once, and not at all when the try is refused
    /// unseen; what it throws, this throws.</param>
    Task<SignInResult> VerifyPasswordAsync(IPAddress client, Name user, string password, Func<Task<UserCredential>> readCredential);

    /// <param name="client">Where the try comes from.</param>
    /// <param name="session">Who tries: some tokens are good for one session.</param>
    /// <param name="token">A JWT, as it was said.</param>
    Task<SignInResult> VerifyTokenAsync(IPAddress client, SessionId session, string token);

    /// <param name="client">Where the try comes from.</param>
    /// <param name="room">Into which room.</param>
    /// <param name="password">As it was said.</param>
    /// <param name="hash">What the room keeps.</param>
    Task<RoomPasswordVerdict> VerifyRoomPasswordAsync(IPAddress client, Name room, string password, string hash);

    /// <summary>What a room keeps of its password.</summary>
    /// <returns>Null when there is too much to do.</returns>
    Task<string?> HashRoomPasswordAsync(string password);
}

/// <summary>What came of a room's password.</summary>
public enum RoomPasswordVerdict
{
    Right,
    Wrong,

    /// <summary>Nobody looked: too many wrong ones, or too much to do.</summary>
    Throttled,
}

public abstract record SignInResult
{
    private SignInResult() { }

    /// <summary>It is this user, and may do this.</summary>
    public sealed record Proved(Name Name, SessionGrants Grants) : SignInResult
    {
        /// <summary>What its token calls itself; null where there is none, or it has no name.</summary>
        public string? TokenId { get; init; }
    }

    public sealed record Refused(SignInVerdict Why) : SignInResult;
}

/// <summary>Where there are neither accounts nor tokens.</summary>
public sealed class NoAuthenticator : IAuthenticator
{
    public static NoAuthenticator Instance { get; } = new();

    public Task<SignInResult> VerifyPasswordAsync(IPAddress client, Name user, string password, Func<Task<UserCredential>> readCredential) =>
        Task.FromResult<SignInResult>(new SignInResult.Refused(SignInVerdict.WrongCredentials));

    public Task<SignInResult> VerifyTokenAsync(IPAddress client, SessionId session, string token) =>
        Task.FromResult<SignInResult>(new SignInResult.Refused(SignInVerdict.TokensNotAccepted));

    public Task<RoomPasswordVerdict> VerifyRoomPasswordAsync(IPAddress client, Name room, string password, string hash) =>
        Task.FromResult(RoomPasswordVerdict.Wrong);

    public Task<string?> HashRoomPasswordAsync(string password) => Task.FromResult<string?>(null);
}

/// <summary>
/// A node's death ends the users it had, and all their sessions say at once who they are. Akka's death watch keeps so many messages for another node
/// and no more before it gives that node up: so they go one after the other. Safe from any thread.
/// </summary>
public sealed class SignInPace
{
    private static readonly long _step = TimeSpan.TicksPerSecond / 20_000;

    private long _next;

    /// <summary>When the next may go: at once where nobody has of late.</summary>
    /// <param name="now">By a clock that only goes forward.</param>
    public TimeSpan Delay(TimeSpan now)
    {
        while (true)
        {
            long next = Volatile.Read(ref _next);
            long mine = Math.Max(next, now.Ticks);
            if (Interlocked.CompareExchange(ref _next, mine + _step, next) == next)
                return TimeSpan.FromTicks(mine - now.Ticks);
        }
    }
}
