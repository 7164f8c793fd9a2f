using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Sessions.Limits;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors;

/// <summary>What the actors of a node are told at start.</summary>
public sealed record ConferenceOptions
{
    /// <summary><c>Node:Name</c></summary>
    public required string NodeName { get; init; }

    /// <summary>Where clients reach this node.</summary>
    public required string Host { get; init; }

    /// <summary>This life of the node among all lives of all nodes, from 1; 0 for a node that is alone, which no other could have been before.</summary>
    public long Number { get; init; }

    public required SessionPolicy Policy { get; init; }

    public required IMediaPlane Plane { get; init; }

    public required ConferenceMetrics Metrics { get; init; }

    public RoomOptions Rooms { get; init; } = new();

    public IAuthenticator Authenticator { get; init; } = NoAuthenticator.Instance;

    public IActingGuard Guard { get; init; } = AlwaysActing.Instance;

    public IStoreHealth Store { get; init; } = AlwaysWell.Instance;

    /// <summary>Which domains there are, as this node knows. Those of <see cref="Policy"/>, unless nobody makes or removes any.</summary>
    public DomainTable Domains { get; init; } = new(new ServedHosts([], []));

    /// <summary>What of them is in use. Without ceilings by default.</summary>
    public DomainUse DomainUse { get; init; } = new(EveryDomain.Instance, TimeProvider.System);

    /// <summary>What a domain that is removed has to get rid of. Nothing by default.</summary>
    public IDomainContents DomainContents { get; init; } = NoContents.Instance;

    /// <summary>Where the calls are found that a dead node left open; null where nobody asks for records.</summary>
    public ICallRecords? Calls { get; init; }

    /// <summary>What this node says of itself to the others' consoles. Nothing by default.</summary>
    public INodeStatistics? Statistics { get; init; }

    /// <summary>Empties this node when an operator says so. Nobody by default.</summary>
    public INodeDrain? Drain { get; init; }

    /// <summary>Shards of users, and of rooms, that are on their way from one node to another at a time: each does not answer until all of them have arrived.</summary>
    public int ShardsAtOnce { get; init; } = 4;

    public int MaxSessions { get; init; } = 50_000;

    public AddressLimits Limits { get; init; } = new(ClientLimits.None, TimeProvider.System);

    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(30);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>No other node can have had this one's users and rooms before.</summary>
    public bool IsAlone => Number == 0;
}
