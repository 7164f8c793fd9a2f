namespace Conference.Node.Api.Access;

/// <summary>What a token must be good for to make a call. A call without a rule is the admin token's alone, so that none is open because somebody forgot.</summary>
/// <param name="Needs">The right.</param>
internal sealed record CallRule(Rights Needs)
{
    /// <summary>Around every call, and before anything of it is looked up: what a token is not for, it learns nothing about.</summary>
    public static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var call = context.HttpContext;
        var caller = ApiCaller.Of(call);
        var metadata = call.GetEndpoint()!.Metadata;
        var needs = metadata.GetMetadata<CallRule>()?.Needs ?? Rights.All;
        if (!caller.Rights.HasFlag(needs))
            return ValueTask.FromResult<object?>(ApiProblems.Forbidden($"this token may not {string.Join(", ", RightsText.Of(needs & ~caller.Rights))}"));
        if (caller.Domain is not { } own || metadata.GetMetadata<OwnDomainOnly>() is not null)
            return next(context);
        if (metadata.GetMetadata<InDomain>() is null)
            return ValueTask.FromResult<object?>(ApiProblems.Forbidden("this token is for one domain, and this is about the whole service"));
        return ApiDomain.Of(call) == own ? next(context) : ValueTask.FromResult<object?>(ApiProblems.Forbidden("this token is for another domain"));
    }
}

/// <summary>The call is about one domain: the one in its path, or the default domain.</summary>
internal sealed record InDomain;

/// <summary>The call looks by itself at which domain its token is for.</summary>
internal sealed record OwnDomainOnly;

internal static class CallRuleExtensions
{
    public static TBuilder Needs<TBuilder>(this TBuilder call, Rights rights)
        where TBuilder : IEndpointConventionBuilder => call.WithMetadata(new CallRule(rights));
}
