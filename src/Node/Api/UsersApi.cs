using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Conference.Actors;
using Conference.Actors.Users;
using Conference.Node.Api.Access;
using Conference.Node.ReadModel;
using Conference.Node.SignIn;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.Api;

/// <summary><c>users</c>: accounts, and who is here.</summary>
internal static class UsersApi
{
    public const int ShortestPassword = 8;
    public const int LongestPassword = 256;

    public static void MapUsers(this RouteGroupBuilder api, string suffix = "")
    {
        api.MapGet("/users", List).WithName("listUsers" + suffix).Needs(Rights.Read).Produces<GatheredPage<UserModel>>().ProducesProblem(400);
        api.MapGet("/users/{name}", Read).WithName("readUser" + suffix).Needs(Rights.Read).Produces<UserModel>().ProducesProblem(400).ProducesProblem(404);
        api.MapPut("/users/{name}", Put).WithName("putUser" + suffix).Needs(Rights.Manage).Produces<UserModel>().Produces<UserModel>(201).ProducesProblem(400).ProducesProblem(403);
        api.MapDelete("/users/{name}", Delete).WithName("removeUser" + suffix).Needs(Rights.Manage).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
    }

    /// <summary>Users who have an account or are here, by name.</summary>
    /// <param name="after">`next` of the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <response code="200">A page.</response>
    public static async Task<IResult> List(
        ApiContext api, ApiDomain domain, string? after, [Range(1, ApiContext.MaxLimit), DefaultValue(ApiContext.DefaultLimit)] int? limit) =>
        TypedResults.Ok(await api.ListAsync(DirectoryKind.User, domain.Value, after, limit, isListed: false, name => FindAsync(api, name)));

    /// <summary>A user.</summary>
    /// <param name="name">A user's name, in any of its forms.</param>
    /// <response code="200">The user.</response>
    public static async Task<IResult> Read(ApiContext api, ApiDomain domain, string name)
    {
        if (!Name.TryParse(name, domain.Value, out var user))
            return ApiProblems.NoName("name");
        return await FindAsync(api, user) is { } found ? TypedResults.Ok(found) : ApiProblems.NotFound($"there is no {user.Local}");
    }

    /// <summary>Make an account, or change its password.</summary>
    /// <param name="name">A user's name, in any of its forms.</param>
    /// <response code="200">The password is changed.</response>
    /// <response code="201">The account is made. Sessions that only called themselves by the name end.</response>
    public static async Task<IResult> Put(ApiContext api, ApiDomain domain, PasswordWorkers passwords, string name, PutUser account)
    {
        if (!Name.TryParse(name, domain.Value, out var user))
            return ApiProblems.NoName("name");
        if (user.IsReserved)
            return ApiProblems.ReservedName("name");
        if (await passwords.HashAsync(account.Password) is not { } hash)
            return ApiProblems.TryAgain();
        var answer = await api.AskUserAsync<AccountAnswer>(new UserCommands.SetPassword(user, hash, CommandId.New()));
        if (answer.Change == AccountChange.NotFound)
            return ApiProblems.NotFound("there is no such domain");
        await api.IsListedAsync(EntityIds.User(user), answer.SequenceNr);
        var found = await FindAsync(api, user);
        return answer.Change == AccountChange.Created ? TypedResults.Created($"{domain.Path}/users/{Uri.EscapeDataString(user.Local)}", found) : TypedResults.Ok(found);
    }

    /// <summary>Remove an account; its sessions end.</summary>
    /// <param name="name">A user's name, in any of its forms.</param>
    public static async Task<IResult> Delete(ApiContext api, ApiDomain domain, string name)
    {
        if (!Name.TryParse(name, domain.Value, out var user))
            return ApiProblems.NoName("name");
        var answer = await api.AskUserAsync<AccountAnswer>(new UserCommands.RemoveAccount(user, CommandId.New()));
        if (answer.Change == AccountChange.NotFound)
            return ApiProblems.NotFound($"{user.Local} has no account");
        await api.IsListedAsync(EntityIds.User(user), answer.SequenceNr);
        return TypedResults.NoContent();
    }

    private static async Task<UserModel?> FindAsync(ApiContext api, Name name)
    {
        var user = await api.AskUserAsync<UserPresence>(new UserQueries.Find(name));
        return user.IsOnline || user.HasAccount
            ? new UserModel(name.Local, user.HasAccount, user.IsOnline, user.IsOnline ? user.Status.ToText() : null, user.Sessions)
            : null;
    }
}
