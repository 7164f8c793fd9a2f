using System.Globalization;
using Akka.Actor;
using Akka.Hosting;
using Conference.Actors.Serialization;
using MessagePack;

namespace Conference.Actors.Cluster;

/// <summary>
/// One in every shard, from the shard's first moment on this node to its last: by it the node knows what it has and since when, and shards have an
/// owner before the first client asks for somebody in them.
/// </summary>
public sealed class ShardKeeperActor : ReceiveActor
{
    private readonly string _shard = Context.Parent.Path.Name;
    private readonly bool _ofRooms;
    private readonly ShardTenures _tenures;
    private readonly ConferenceMetrics _metrics;

    public ShardKeeperActor(bool ofRooms, ShardTenures tenures, ConferenceMetrics metrics)
    {
        (_ofRooms, _tenures, _metrics) = (ofRooms, tenures, metrics);
        Receive<Touch>(touch => Sender.Tell(new Touched(touch.Shard, touch.OfRooms)));
        Receive<StopEntity>(_ => Context.Stop(Self));
    }

    public static Props Props(bool ofRooms, ShardTenures tenures, ConferenceMetrics metrics) =>
        global::Akka.Actor.Props.Create(() => new ShardKeeperActor(ofRooms, tenures, metrics));

    protected override void PreStart()
    {
        _tenures.Began(_shard);
        _metrics.ShardStarted();
    }

    /// <summary>Its shard goes elsewhere, and is to have an owner there at once.</summary>
    protected override void PostStop()
    {
        _tenures.Ended(_shard);
        _metrics.ShardStopped();
        if (ActorRegistry.For(Context.System).TryGet<ShardsActor>(out var shards))
            shards.Tell(new Ended(int.Parse(_shard, CultureInfo.InvariantCulture), _ofRooms));
    }

    /// <summary>Told a region: wakes the keeper of a shard, and gives the shard an owner. -> <see cref="Touched"/></summary>
    [MessagePackObject]
    public sealed record Touch([property: Key(0)] int Shard, [property: Key(1)] bool OfRooms) : IWireMessage;

    [MessagePackObject]
    public sealed record Touched([property: Key(0)] int Shard, [property: Key(1)] bool OfRooms) : IWireMessage;

    /// <summary>The shard is this node's no more.</summary>
    public sealed record Ended(int Shard, bool OfRooms) : INoSerializationVerificationNeeded;
}
