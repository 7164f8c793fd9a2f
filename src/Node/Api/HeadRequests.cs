namespace Conference.Node.Api;

/// <summary>HEAD is answered as GET is, without the body: Kestrel, which has read the method, sends none.</summary>
internal static class HeadRequests
{
    private static readonly object _mark = new();

    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(Complete, context.Response);
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }

        context.Items[_mark] = true;
        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            context.Request.Method = HttpMethods.Head;
        }
    }

    /// <summary>Who is told which methods there are is told of this one too.</summary>
    private static Task Complete(object state)
    {
        var headers = ((HttpResponse)state).Headers;
        string[] allowed = headers.Allow.ToString().Split(',', StringSplitOptions.TrimEntries);
        if (allowed.Contains(HttpMethods.Get) && !allowed.Contains(HttpMethods.Head))
            headers.Allow = $"{headers.Allow}, {HttpMethods.Head}";
        return Task.CompletedTask;
    }

    /// <summary>Nobody waits for a body: one that never ends is not to be begun.</summary>
    public static bool Is(HttpContext context) => context.Items.ContainsKey(_mark);
}
