using Conference.Actors.Domains;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api;

/// <summary>The domain that a call is about: <c>domains/{domain}/...</c>; without it, the default domain. The one place where that is read.</summary>
/// <param name="Value">One that is there, but for calls that look back; a call about any other is answered before its handler runs.</param>
public readonly record struct ApiDomain(Domain Value)
{
    /// <summary>In the paths of calls.</summary>
    public const string Parameter = "domain";

    /// <summary>Where the domain is found again, as a caller writes it.</summary>
    public string Path => Value.IsDefault ? "/api/v1" : $"/api/v1/domains/{Uri.EscapeDataString(Value.ToString())}";

    public static ValueTask<ApiDomain> BindAsync(HttpContext context) => ValueTask.FromResult(new ApiDomain(Of(context) ?? default));

    /// <summary>Around every call under a domain: there is such a domain.</summary>
    public static ValueTask<object?> CheckIsThereAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        CheckAsync(context, next, domain => TableOf(context.HttpContext).Has(domain));

    /// <summary>Around calls about what was: there may have been such a domain.</summary>
    public static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) => CheckAsync(context, next, _ => true);

    private static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, Func<Domain, bool> isMeant) =>
        Of(context.HttpContext) is { } domain && isMeant(domain) ? next(context) : ValueTask.FromResult<object?>(ApiProblems.NotFound("there is no such domain"));

    /// <summary>Also one that is not there.</summary>
    /// <returns>Null where the path says what is no domain.</returns>
    public static Domain? Of(HttpContext context) =>
        context.GetRouteValue(Parameter) is string text ? TableOf(context).Named(text) : Domain.Default;

    private static DomainTable TableOf(HttpContext context) => context.RequestServices.GetRequiredService<DomainTable>();
}
