using System.Globalization;
using Conference.Node.Web.Sdp;
using Conference.Protocol.Addresses;
using Conference.Protocol.Replies;

namespace Conference.Node.Web.Whip;

/// <summary>Joins rooms for clients that speak HTTP only, by the commands they would say.</summary>
internal sealed class WhipSessions(WebClients clients, WebSessions sessions, WebAddress address)
{
    private const string Scheme = "Bearer ";

    /// <param name="context">With an offer, perhaps a bearer token, and perhaps <c>?name=</c>.</param>
    /// <param name="room">By name, or in full: <c>room@domain</c>.</param>
    /// <param name="isPublisher">It sends and is sent nothing; or the other way round.</param>
    public async Task<IResult> JoinAsync(HttpContext context, string room, bool isPublisher)
    {
        if (RoomOf(room) is not { } target)
            return WebProblems.NoName("room");
        string? guest = context.Request.Query["name"];
        if (guest is not null && !Name.TryParse(guest, out _))
            return WebProblems.NoName("name");
        var (offer, problem) = await OfferBody.ReadAsync(context.Request);
        if (offer is null)
            return problem!;
        var wish = WhipWish.Of(offer, isPublisher);
        if (wish.Refusal is { } refusal)
            return WebProblems.BadOffer(refusal);
        var caller = WebEndpoints.CallerOf(context);
        if (await address.OfAsync(caller) is not { } here)
            return WebProblems.TryAgain();

        var client = new InProcessClient((pipe, abort) => clients.ServeAsync(pipe, abort, caller));
        bool stays = false;
        try
        {
            if (await EnterAsync(client, context, target, guest, wish) is { } refused)
                return refused;
            string token = (await client.AskAsync("GETP session token")).Text.Split(' ')[^1];
            switch (sessions.Find(token) is { } session ? await session.BeginAsync(offer, here) : null)
            {
                case WebAnswer.Sdp answer:
                    stays = true;
                    return new AnswerResult(answer, StatusCodes.Status201Created, $"{context.Request.Path}/{token}");
                case WebAnswer.Useless useless:
                    return WebProblems.BadOffer(useless.Why);
                default:
                    return WebProblems.TryAgain();
            }
        }
        finally
        {
            if (!stays)
                await client.QuitAsync();
        }
    }

    /// <returns>The room, and the host that was named with it, or nothing; null for what is no name.</returns>
    private static Target? RoomOf(string room)
    {
        if (!Target.TryParse(room, out var target))
            return Name.TryParse(room, out _) ? new Target(room, "") : null;
        // An address is no customer: a room of this host is called by its name alone.
        return Domain.TryParse(target.Host, out var domain) && Name.TryParse(target.Name, out _) ? target with { Host = domain.ToString() } : null;
    }

    /// <returns>Null once it is in the room.</returns>
    private static async Task<IResult?> EnterAsync(InProcessClient client, HttpContext context, Target room, string? guest, WhipWish wish)
    {
        string authorization = context.Request.Headers.Authorization.ToString();
        string? token = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : null;
        // Whoever says who they are is not taken for a guest, by mistake or on purpose.
        if (authorization.Length > 0 && (token is null or "" || token.Contains(' ', StringComparison.Ordinal)))
            return Unauthorized(context, "say a bearer token, or nothing");
        string? signIn = token is not null ? $"AUTH BEARER {token}" : guest is not null ? $"AUTH ANONYMOUS {guest}{(room.Host.Length > 0 ? $"@{room.Host}" : "")}" : null;
        if (signIn is not null && await client.AskAsync(signIn) is { Code: not 204 } no)
            return NotSignedIn(context, no);
        // Where no domain was named it is the session's own: its token's, or that of the host that was asked.
        if (room.Host.Length == 0)
            room = room with { Host = (await client.AskAsync("GETP session domain")).Text.Split(' ')[^1] };
        foreach (string command in wish.Commands(room))
        {
            var reply = await client.AskAsync(command);
            // Nobody holds a request open until a moderator comes.
            if (reply.IsToldToWait)
                return WebProblems.Of(StatusCodes.Status403Forbidden, "the room has a lobby");
            if (reply.Code >= 400)
                return NotIn(context, reply);
        }

        return null;
    }

    private static IResult NotSignedIn(HttpContext context, Reply reply) => reply switch
    {
        { Code: 504, Text: "name in use" } => WebProblems.Conflict(reply.Text),
        { Code: 504, Text: "try again later" } => WebProblems.Of(StatusCodes.Status429TooManyRequests, reply.Text),
        { Code: 504, Text: "try again" } => WebProblems.TryAgain(),
        { Code: 504 or 500 } => Unauthorized(context, reply.Text),
        _ => NotIn(context, reply),
    };

    private static IResult NotIn(HttpContext context, Reply reply) => reply.Text switch
    {
        "authentication required" => Unauthorized(context, reply.Text),
        "not allowed" or "put out" or "room is locked" or "room is full" or "password required" => WebProblems.Of(StatusCodes.Status403Forbidden, reply.Text),
        "try again later" or "too many sessions" => WebProblems.Of(StatusCodes.Status429TooManyRequests, reply.Text),
        _ => WebProblems.Of(StatusCodes.Status503ServiceUnavailable, reply.Text),
    };

    private static IResult Unauthorized(HttpContext context, string why)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return WebProblems.Of(StatusCodes.Status401Unauthorized, why);
    }
}

/// <summary>What an offer of a publisher, or of a player, asks for.</summary>
/// <param name="Services">To connect to.</param>
/// <param name="Pictures">Lines for pictures of others.</param>
/// <param name="Refusal">Why it cannot be; null where it can.</param>
internal sealed record WhipWish(IReadOnlyList<string> Services, int Pictures, string? Refusal)
{
    public static WhipWish Of(Offer offer, bool isPublisher)
    {
        var wanted = offer.Lines.Where(l => l.IsUsable && Flows(l, isPublisher)).ToList();
        var services = new List<string>();
        if (wanted.Exists(l => l.IsAudio))
            services.Add("audio");
        int pictures = wanted.Count(l => l.IsVideo);
        if (pictures > 0)
            services.Add("video");
        if (isPublisher && pictures > 1)
            services.Add("screen");
        string? refusal = wanted.Count > 0 ? null
            : isPublisher ? "The offer has no m-line on which it sends audio or video." : "The offer has no m-line with a=recvonly for audio or video.";
        return new WhipWish(services, isPublisher ? 0 : pictures, refusal);
    }

    /// <summary>The commands it joins by. Who has few lines follows those who speak.</summary>
    public IEnumerable<string> Commands(Target room)
    {
        if (Pictures > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"SETP video select speaker:{Math.Min(Pictures, Protocol.Session.SourceSelection.MaxSpeakers)}");
        foreach (string service in Services)
            yield return $"CONN {service} {room}";
    }

    private static bool Flows(OfferedLine line, bool isPublisher) =>
        isPublisher ? line.Direction is MediaDirection.SendOnly or MediaDirection.SendRecv : line.Direction == MediaDirection.RecvOnly;
}
