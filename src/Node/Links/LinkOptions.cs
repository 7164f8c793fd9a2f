using System.Net;
using System.Reflection;

namespace Conference.Node.Links;

/// <summary>How a node's links are made. One per node.</summary>
public sealed record LinkOptions
{
    /// <summary>Where links are taken; port 0 is any free one, 0.0.0.0 and :: are every address of both families.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The cluster's secret: who knows it is of the cluster.</summary>
    public required LinkSecret Secret { get; init; }

    /// <summary>What this node shows the others in TLS; asked at every connection, so that it can be changed under way.</summary>
    public required Func<LinkCredentials> Credentials { get; init; }

    /// <summary>For the other node's log. At most 64 characters are sent.</summary>
    public string Release { get; init; } =
        typeof(LinkOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>The protocols this release speaks.</summary>
    public ProtocolRange Protocols { get; init; } = ProtocolRange.OfThisRelease;

    public LinkLimits Limits { get; init; } = new();

    public LinkTimings Timings { get; init; } = new();
}

/// <summary>What may be held for others.</summary>
public sealed record LinkLimits
{
    /// <summary>Bytes that wait for one peer, what is being sent included. Beyond, messages are dropped.</summary>
    public int QueueBytes { get; init; } = 8 << 20;

    /// <summary>Connections that have not yet proved to be of the cluster. Beyond, the oldest of the address with most of them goes.</summary>
    public int Unproven { get; init; } = 64;
}

/// <summary>How long things may take.</summary>
public sealed record LinkTimings
{
    /// <summary>From connecting, or from having been connected to, to the first frame.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Within it: for a node that has proved itself and is not in the view yet. It may have joined just now.</summary>
    public TimeSpan Admission { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two pings.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A link on which nothing arrives for so long, or nothing that waits is taken, is cut.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The shortest wait before a node is dialled again; doubled with every failure.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest.</summary>
    public TimeSpan LastRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After a refusal that only an operator can mend.</summary>
    public TimeSpan RefusedRetry { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>At the end, for what still waits.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(1);
}
