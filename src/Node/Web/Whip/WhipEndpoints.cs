using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Sessions;

namespace Conference.Node.Web.Whip;

/// <summary>
/// WHIP (RFC 9725), for what only publishes: <c>/whip/{room}</c>. WHEP (draft-ietf-wish-whep), for what only plays: <c>/whep/{room}</c>. Each is a session like any
/// other: it signs in with the bearer token, or is a guest, and joins by the same commands.
/// </summary>
internal static class WhipEndpoints
{
    private const string Fragment = "application/trickle-ice-sdpfrag";

    public static void MapWhip(this WebApplication app)
    {
        Map(app, "/whip", isPublisher: true);
        Map(app, "/whep", isPublisher: false);
    }

    private static void Map(WebApplication app, string prefix, bool isPublisher)
    {
        var group = app.MapWebGroup(prefix);
        group.MapPost("/{room}", (HttpContext context, string room, WhipSessions sessions) => sessions.JoinAsync(context, room, isPublisher));
        group.MapPatch("/{room}/{token}", Change);
        group.MapDelete("/{room}/{token}", End);
    }

    /// <summary>The browser's candidates are not needed: it is the one that connects. A restart is a new POST.</summary>
    private static IResult Change(HttpContext context, string token, WebSessions sessions)
    {
        if (sessions.Find(token) is null)
            return WebProblems.NoSession();
        return OfferBody.IsOf(context.Request, Fragment) ? Results.NoContent() : WebProblems.NotTyped(Fragment);
    }

    private static IResult End(string token, WebSessions sessions)
    {
        if (sessions.Find(token) is not { } session)
            return WebProblems.NoSession();
        session.Session.Tell(new SessionCommands.End("quit", CallEnd.Left), ActorRefs.NoSender);
        return Results.Ok();
    }
}
