using Conference.Actors;
using Conference.Actors.Users;
using Conference.Node.ReadModel;
using Conference.Node.SignIn;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.Api;

/// <summary><c>users</c>: accounts, and who is here.</summary>
internal static class UsersApi
{
    private const int ShortestPassword = 8;
    private const int LongestPassword = 256;

    public static void MapUsers(this RouteGroupBuilder api)
    {
        api.MapGet("/users", List);
        api.MapGet("/users/{name}", Read);
        api.MapPut("/users/{name}", Put);
        api.MapDelete("/users/{name}", Delete);
    }

    private static async Task<IResult> List(ApiContext api, string? after, int? limit)
    {
        if (!ApiContext.IsLimit(limit))
            return ApiProblems.BadRequest($"limit must be 1 to {ApiContext.MaxLimit}");
        return TypedResults.Ok(await api.ListAsync(DirectoryKind.User, after, limit, name => FindAsync(api, name)));
    }

    private static async Task<IResult> Read(ApiContext api, string name)
    {
        if (!Name.TryParse(name, out var user))
            return ApiProblems.BadRequest("illegal user name");
        return await FindAsync(api, user) is { } found ? TypedResults.Ok(found) : ApiProblems.NotFound($"there is no {user}");
    }

    private static async Task<IResult> Put(ApiContext api, PasswordWorkers passwords, string name, PutUser? account)
    {
        if (!Name.TryParse(name, out var user) || user.IsGuest)
            return ApiProblems.BadRequest("illegal user name");
        if (account?.Password is not { Length: >= ShortestPassword and <= LongestPassword } password)
            return ApiProblems.BadRequest($"password must be {ShortestPassword} to {LongestPassword} characters long");
        if (await passwords.HashAsync(password) is not { } hash)
            return ApiProblems.TryAgain();
        var answer = await api.AskUserAsync<AccountAnswer>(new UserCommands.SetPassword(user, hash, CommandId.New()));
        await api.IsListedAsync(EntityIds.User(user), answer.SequenceNr);
        var found = await FindAsync(api, user);
        return answer.Change == AccountChange.Created ? TypedResults.Created($"/api/v1/users/{Uri.EscapeDataString(user.ToString())}", found) : TypedResults.Ok(found);
    }

    private static async Task<IResult> Delete(ApiContext api, string name)
    {
        if (!Name.TryParse(name, out var user))
            return ApiProblems.BadRequest("illegal user name");
        var answer = await api.AskUserAsync<AccountAnswer>(new UserCommands.RemoveAccount(user, CommandId.New()));
        if (answer.Change == AccountChange.NotFound)
            return ApiProblems.NotFound($"{user} has no account");
        await api.IsListedAsync(EntityIds.User(user), answer.SequenceNr);
        return TypedResults.NoContent();
    }

    private static async Task<UserModel?> FindAsync(ApiContext api, Name name)
    {
        var user = await api.AskUserAsync<UserPresence>(new UserQueries.Find(name));
        return user.IsOnline || user.HasAccount
            ? new UserModel(name.ToString(), user.HasAccount, user.IsOnline, user.IsOnline ? user.Status.ToText() : null, user.Sessions)
            : null;
    }
}
