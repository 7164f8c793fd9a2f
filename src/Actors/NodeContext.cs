using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Actors.Sessions;
using Conference.Actors.Sessions.Limits;
using Conference.Media;
using Conference.Protocol.Session;
using Microsoft.Extensions.Logging;

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

    public required IClusterNodes Nodes { get; init; }

    /// <summary>This life of the node among all lives of all nodes; 0 for a node alone.</summary>
    public required long Number { get; init; }

    /// <summary>For lines that belong to a trace: Akka's own log is written by another actor, which knows of none.</summary>
    public required ILogger Log { get; init; }

    /// <summary>Who says whether a client is who it says.</summary>
    public IAuthenticator Authenticator { get; init; } = NoAuthenticator.Instance;

    /// <summary>How much one client may ask for.</summary>
    public AddressLimits Limits { get; init; } = new(ClientLimits.None, TimeProvider.System);

    /// <summary>What of each domain is in use.</summary>
    public DomainUse DomainUse { get; init; } = new(EveryDomain.Instance, TimeProvider.System);

    /// <summary>Sessions whose clients may come back.</summary>
    public KeptSessions KeptSessions { get; init; } = new();

    /// <summary>When sessions whose users have ended say again who they are.</summary>
    public SignInPace Pace { get; init; } = new();

    /// <summary>Any name may be entered as a room.</summary>
    public bool RoomsOnDemand { get; init; } = true;

    /// <summary>A session that says nothing this long, on TCP and on all its ports, is closed.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long the cluster has for an answer before the client is told to try again.</summary>
    public TimeSpan AskDeadline { get; init; } = TimeSpan.FromSeconds(5);
}
