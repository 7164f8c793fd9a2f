using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Conference.Node.Api;

/// <summary>
/// What a call takes: nothing that it does not know, nothing twice, and nothing that only looks like what it asks for. Every refusal names the field. Made
/// of the handler that the call is mapped to, and kept with its route.
/// </summary>
internal sealed class InputRules
{
    private readonly InputRule[] _parameters;
    private readonly Type? _bodyType;
    private readonly (InputRule Rule, PropertyInfo Property)[] _fields;
    private readonly FrozenDictionary<string, InputRule> _byName;

    private InputRules(MethodInfo handler, IReadOnlyList<string> inPath)
    {
        var parameters = handler.GetParameters();
        _parameters = [.. parameters.Where(p => InputRule.IsText(p.ParameterType) && !inPath.Contains(p.Name)).Select(InputRule.Of)];
        _bodyType = parameters.FirstOrDefault(p => p.ParameterType.IsAssignableTo(typeof(IRequestBody)))?.ParameterType;
        _fields = [.. (_bodyType?.GetProperties() ?? []).Where(p => p.CanWrite).Select(p => (InputRule.Of(p), p))];
        _byName = _parameters.Concat(_fields.Select(f => f.Rule)).ToFrozenDictionary(r => r.Name, StringComparer.Ordinal);
    }

    public static void AddTo(EndpointBuilder route)
    {
        if (route is RouteEndpointBuilder { RoutePattern: var pattern } && route.Metadata.OfType<MethodInfo>().FirstOrDefault() is { } handler)
            route.Metadata.Add(new InputRules(handler, [.. pattern.Parameters.Select(p => p.Name)]));
    }

    /// <summary>Around every call: its query is looked at before it is read, and what is wrong with its body is told as a problem.</summary>
    public static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<InputRules>() is not { } rules)
        {
            await next(context);
            return;
        }

        if (rules.Refuse(context.Request) is { } problem)
        {
            await problem.ExecuteAsync(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await rules.Explain(e).ExecuteAsync(context);
        }
    }

    /// <summary>A body that could be read: an object, each field within its limits.</summary>
    public static ValueTask<object?> CheckBodyAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<InputRules>() is not { _bodyType: not null } rules)
            return next(context);
        if (context.Arguments.OfType<IRequestBody>().FirstOrDefault() is not { } body)
        {
            // Nothing at all stands for all defaults, where that is allowed. "null" is something.
            return context.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true
                ? ValueTask.FromResult<object?>(rules.NoObject())
                : next(context);
        }

        return Array.Find(rules._fields, f => !f.Rule.Takes(f.Property.GetValue(body))) is { Rule: { } wrong }
            ? ValueTask.FromResult<object?>(ApiProblems.BadRequest(wrong.Must, wrong.Name))
            : next(context);
    }

    private IResult? Refuse(HttpRequest request)
    {
        if (_bodyType is not null && request.Headers.ContentEncoding.Count > 0)
            return ApiProblems.Encoded();
        foreach (var (name, values) in request.Query)
        {
            if (Array.Find(_parameters, p => p.Name == name) is not { } rule)
                return ApiProblems.BadRequest(NotKnown("parameter", name, _parameters), name);
            if (values.Count != 1)
                return ApiProblems.BadRequest($"{name} must stand only once", name);
            if (!rule.TakesText(values.ToString()))
                return ApiProblems.BadRequest(rule.Must, name);
        }

        return null;
    }

    private IResult Explain(BadHttpRequestException bad)
    {
        if (bad.StatusCode != StatusCodes.Status400BadRequest)
            return ApiProblems.Refused(bad.StatusCode);
        var fields = _fields.Select(f => f.Rule).ToArray();
        if (bad.InnerException is not JsonException { Path: { } path })
            return NoObject();
        // "$.maxMembers"; what is no JSON at all has a place, too, and it is the field before.
        string field = path.TrimStart('$', '.');
        if (field.Length == 0)
            return NoObject();
        return _byName.TryGetValue(field, out var rule)
            ? ApiProblems.BadRequest($"{rule.Must}, and stand only once", field)
            : ApiProblems.BadRequest(NotKnown("field", field, fields), field);
    }

    private IResult NoObject() => ApiProblems.BadRequest($"the body must be a JSON object{Named(": its fields are ", [.. _fields.Select(f => f.Rule)])}");

    private static string NotKnown(string kind, string name, InputRule[] known) => $"there is no {kind} {name}{Named("; there are ", known)}";

    private static string Named(string before, InputRule[] known) => known.Length == 0 ? "" : before + string.Join(", ", known.Select(k => k.Name));
}

/// <summary>What a caller sends in a body. Its properties that can be set are the fields there are.</summary>
internal interface IRequestBody
{
    /// <summary>What the audit log says of it: settings, never a secret.</summary>
    string Told { get; }
}
