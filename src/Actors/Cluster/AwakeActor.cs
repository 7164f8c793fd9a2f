using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Cluster;

/// <summary>Tells any node which users and rooms run on this one, a page at a time: there may be more than a message holds.</summary>
public sealed class AwakeActor : ReceiveActor
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(1);

    /// <param name="users">This node's region of users.</param>
    /// <param name="rooms">This node's region of rooms.</param>
    public AwakeActor(IActorRef users, IActorRef rooms) => Receive<ListAwake>(list =>
    {
        var region = list.Kind == DirectoryKind.Room ? rooms : users;
        // Who is not answered asks again, or does without.
        region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, _deadline)
            .PipeTo(Sender, Self, state => new AwakeNames([
                .. state.Shards.SelectMany(s => s.EntityIds)
                    .Where(n => string.CompareOrdinal(n, list.After) > 0)
                    .Order(StringComparer.Ordinal)
                    .Take(list.Limit),
            ]));
    });

    public static Props Props(IActorRef users, IActorRef rooms) => Runtime.Props.Create(() => new AwakeActor(users, rooms));
}
