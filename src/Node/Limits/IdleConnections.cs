using Microsoft.AspNetCore.Connections;
using Prometheus;

namespace Conference.Node.Limits;

/// <summary>
/// HTTP connections on which nothing is asked at the moment. When all places are taken they make place, the longest idle first: whoever opens connections and says
/// nothing keeps nobody from asking how the node is. Safe from any thread.
/// </summary>
/// <param name="closed">Counts those that had to.</param>
internal sealed class IdleConnections(ICounter closed)
{
    /// <summary>The longest idle first; guarded by itself.</summary>
    private readonly LinkedList<ConnectionContext> _idle = new();

    /// <summary>Around every request: its connection is not idle.</summary>
    public static async Task HoldAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IConnectionPlace>() is not { } place)
        {
            await next(context);
            return;
        }

        place.BeginRequest();
        try
        {
            await next(context);
        }
        finally
        {
            place.EndRequest();
        }
    }

    /// <returns>Its place here.</returns>
    public LinkedListNode<ConnectionContext> Add(ConnectionContext connection)
    {
        lock (_idle)
            return _idle.AddLast(connection);
    }

    /// <param name="place">What <see cref="Add"/> gave; it may have made place already.</param>
    public void Remove(LinkedListNode<ConnectionContext> place)
    {
        lock (_idle)
        {
            if (place.List is not null)
                _idle.Remove(place);
        }
    }

    /// <summary>One makes place, where there is one.</summary>
    public void CloseLongest()
    {
        ConnectionContext longest;
        lock (_idle)
        {
            if (_idle.First is not { } first)
                return;
            longest = first.Value;
            _idle.Remove(first);
        }

        closed.Inc();
        longest.Abort(new ConnectionAbortedException("idle, and others wait for its place"));
    }
}
