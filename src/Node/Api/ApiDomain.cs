using Conference.Actors.Domains;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api;

/// <summary>The domain that a call is about: <c>domains/{domain}/...</c>; without it, the default domain. The one place where that is read.</summary>
/// <param name="Value">One that is there; a call about any other is answered before its handler runs.</param>
public readonly record struct ApiDomain(Domain Value)
{
    /// <summary>In the paths of calls.</summary>
    public const string Parameter = "domain";

    /// <summary>Where the domain is found again, as a caller writes it.</summary>
    public string Path => Value.IsDefault ? "/api/v1" : $"/api/v1/domains/{Uri.EscapeDataString(Value.ToString())}";

    public static ValueTask<ApiDomain> BindAsync(HttpContext context) => ValueTask.FromResult(new ApiDomain(Of(context) ?? default));

    /// <summary>Around every call under a domain: there is such a domain.</summary>
    public static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) => Of(context.HttpContext) is null
        ? ValueTask.FromResult<object?>(ApiProblems.NotFound("there is no such domain"))
        : next(context);

    private static Domain? Of(HttpContext context)
    {
        if (context.GetRouteValue(Parameter) is not string text)
            return Domain.Default;
        var table = context.RequestServices.GetRequiredService<DomainTable>();
        return table.Named(text) is { } domain && table.Has(domain) ? domain : null;
    }
}
