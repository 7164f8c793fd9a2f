using System.Net;
using Conference.Actors;
using Conference.Node.Api.Access;
using Conference.Node.Audit;
using Conference.Node.Settings;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api;

/// <summary>
/// Around every call that may change something: its entry in the audit log. What was refused because it was written wrong (400) has none: it was no act.
/// </summary>
internal sealed class AuditFilter(AuditTrail trail, NodeSettings settings, ForwardClock clock) : IEndpointFilter
{
    /// <summary>By which a caller says who it is; a name like any other.</summary>
    public const string OperatorHeader = "Conference-Operator";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return await next(context);
        string said = request.Headers[OperatorHeader].ToString();
        if (said.Length > 0 && !Name.TryParse(said, out _))
            return ApiProblems.NoName(OperatorHeader);

        var at = clock.Now;
        int status = StatusCodes.Status500InternalServerError;
        try
        {
            object? result = await next(context);
            status = (result as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
            return result;
        }
        finally
        {
            if (status != StatusCodes.Status400BadRequest)
                await trail.RecordAsync(EntryOf(context, said, at, status));
        }
    }

    private AuditEntry EntryOf(EndpointFilterInvocationContext context, string said, DateTimeOffset at, int status)
    {
        var call = context.HttpContext;
        string? Path(string name) => call.GetRouteValue(name) as string;
        // Also one that is not there: whoever asked for it is written down.
        var domain = ApiDomain.Of(call) ?? default;
        var from = call.Connection.RemoteIpAddress ?? IPAddress.None;
        string act = call.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? call.Request.Method;
        return new AuditEntry(
            Guid.CreateVersion7(at), at, said.Length > 0 ? Name.Parse(said).ToString() : AuditEntry.Unnamed,
            from.Plain().ToString(), settings.Name, act, NameOf(Path("room"), domain), NameOf(Path("member") ?? Path("name"), domain),
            Path("node"), context.Arguments.OfType<IRequestBody>().FirstOrDefault()?.Told ?? "", status)
        {
            Domain = domain.IsDefault ? null : domain,
            Token = ApiCaller.Of(call).Token,
        };
    }

    private static Name? NameOf(string? text, Domain domain) => Name.TryParse(text, domain, out var name) ? name : null;
}
