using Conference.Actors.Authentication;
using Conference.Actors.Cluster;
using Conference.Actors.Runtime;
using Conference.Media;
using Conference.Protocol.Session;

namespace Conference.Actors;

/// <summary>What a node gives its sessions and their ports.</summary>
public sealed record NodeContext
{
    public required SessionPolicy Policy { get; init; }

    /// <summary>What the node is called, in records.</summary>
    public required string Name { get; init; }

    /// <summary>The region of users.</summary>
    public required IActorRef Users { get; init; }

    /// <summary>The region of rooms.</summary>
    public required IActorRef Rooms { get; init; }

    /// <summary>This node's forwarders: where rooms tell what happened.</summary>
    public required IActorRef Forwarders { get; init; }

    public required IMediaPlane Plane { get; init; }

    public required ConferenceMetrics Metrics { get; init; }

    public required ICluster Cluster { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Who says whether a client is who it says.</summary>
    public IAuthenticator Authenticator { get; init; } = NoAuthenticator.Instance;

    /// <summary>Any name may be entered as a room.</summary>
    public bool RoomsOnDemand { get; init; } = true;

    /// <summary>A session that says nothing this long, on TCP and on all its ports, is closed.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long the cluster has for an answer before the client is told to try again.</summary>
    public TimeSpan AskDeadline { get; init; } = TimeSpan.FromSeconds(5);
}
