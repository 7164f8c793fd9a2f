using Conference.Protocol.Addresses;

namespace Conference.Node.Api.Access;

/// <summary>Whom a call is made by, as far as its token says.</summary>
/// <param name="Token">The token's name; null for the admin token of the settings, which may everything and makes the others.</param>
/// <param name="Domain">The only domain it is for; null: for all, and for what belongs to none.</param>
/// <param name="Rights">What it may there.</param>
public sealed record ApiCaller(string? Token, Domain? Domain, Rights Rights)
{
    public static ApiCaller Admin { get; } = new(null, null, Rights.All);

    /// <summary>Of a call that <see cref="AdminGate"/> let in.</summary>
    public static ApiCaller Of(HttpContext context) => context.Features.Get<ApiCaller>() ?? throw new InvalidOperationException("no token was looked at");
}
