using Conference.Protocol.Replies;

namespace Conference.Client.Commands;

/// <summary>What a user can do about a refusal. A server's own words are short, and know nothing of this command's options.</summary>
internal static class Advice
{
    /// <returns>A sentence, or null where there is nothing to advise.</returns>
    public static string? For(Reply? reply) => (reply?.Code, reply?.Text) switch
    {
        (504, "name in use") => "somebody else is using this name: take another --name, or sign in as its owner with --password-file or --token-file",
        (504, "reserved name") => "this name is nobody's to take, since it is the operator's or begins with guest-: take another --name",
        (504, "illegal name") => "this cannot be a name: take another --name, letters and digits of one script, with . _ - + between them",
        (503, "illegal name") => "this cannot be a name: letters and digits of one script, with . _ - + between them",
        (504, "wrong name or password") => "no account has this name and this password",
        (504, "invalid token") => "the server does not take this token: it may be over, or somebody else's",
        (504, "try again later") => "there were too many wrong passwords or tokens from here or in this name: wait a while",
        (503 or 504, "authentication required") => "this server lets nobody in who has not signed in: --name with --password-file, or --token-file",
        (503, "not allowed") => "your token is not for this room, or you are of another domain: sign in as name@domain",
        (503, "try again") => "the server is busy or its store is away: try again in a moment",
        (421, "server full") => "the server has as many sessions as it takes: try again later",
        (504, "not served here") => "the server does not serve this host: name it as its operator does (Qcvc:Domains)",
        (503, { } text) when text.EndsWith("is not served here", StringComparison.Ordinal) => "the server does not serve this host: name it as its operator does (Qcvc:Domains)",
        _ => null,
    };
}
