using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Tracing;
using Conference.Actors.Users;

namespace Conference.Actors.Cluster;

/// <summary>Answers for this node what any other asks: what runs here, how it is, and its drain.</summary>
public sealed class NodeActor : TracedActor
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(1);

    private readonly IActorRef _users;
    private readonly IActorRef _rooms;

    /// <param name="statistics">How it is; null where nobody reads statistics.</param>
    /// <param name="drain">Empties it; null where it cannot be drained.</param>
    /// <param name="domains">Which domains there are; null where none are made or removed.</param>
    /// <param name="use">What the nodes hold of them; null where nobody counts.</param>
    public NodeActor(INodeStatistics? statistics, INodeDrain? drain, DomainTable? domains = null, DomainUse? use = null)
    {
        var actors = ActorRegistry.For(Context.System);
        (_users, _rooms) = (actors.Get<UserActor>(), actors.Get<RoomActor>());
        Receive<DomainRecord>(record =>
        {
            if (domains?.Take(record) is true && !domains.Has(record.Domain))
                actors.Get<SessionsActor>().Tell(new SessionsCommands.EndDomain(record.Domain));
        });
        Receive<DomainUseNews>(news => use?.Hear(news));
        var (self, names) = (ClusterNodes.Of(Context.System).Self, SignedInNames.Of(Context.System));
        Receive<NodeCommands.IsSignedIn>(asked => Sender.Tell(new SignedInHere(self, names.Has(asked.User))));
        Receive<NodeCommands.ListAwake>(List);
        Receive<NodeCommands.ReadStatistics>(read =>
        {
            if (statistics?.Latest(read.WithRooms) is { } content)
                Sender.Tell(new StatisticsRead(content));
        });
        if (drain is null)
            return;
        Receive<NodeCommands.BeginDrain>(begin =>
        {
            drain.Begin(begin.Within);
            Answer(drain.ReadAsync());
        });
        Receive<NodeCommands.CallOffDrain>(_ => Answer(CallOffAsync(drain)));
        Receive<NodeCommands.ReadDrain>(_ => Answer(drain.ReadAsync()));
    }

    public static Props Props(INodeStatistics? statistics, INodeDrain? drain, DomainTable? domains = null, DomainUse? use = null) =>
        global::Akka.Actor.Props.Create(() => new NodeActor(statistics, drain, domains, use));

    private static async Task<DrainStatus> CallOffAsync(INodeDrain drain)
    {
        await drain.CallOffAsync();
        return await drain.ReadAsync();
    }

    /// <summary>Others are answered meanwhile: a drain can be watched while it is called off.</summary>
    private void Answer(Task<DrainStatus> status) => status.PipeTo(Sender, Self, failure: _ => Unavailable.Instance);

    /// <summary>Who is not answered asks again, or does without.</summary>
    private void List(NodeCommands.ListAwake list) =>
        (list.Rooms ? _rooms : _users).Ask<CurrentShardRegionState>(GetShardRegionState.Instance, _deadline).PipeTo(
            Sender, Self,
            success: state => new AwakeNames(
            [
                .. state.Shards.SelectMany(s => s.EntityIds)
                    .Where(id => !EntityExtractor.IsKeeper(id))
                    .Select(EntityIds.NameIn)
                    .Where(n => n.Domain == list.Domain)
                    .Select(n => n.Local)
                    .Where(n => string.CompareOrdinal(n, list.After) > 0)
                    .Order(StringComparer.Ordinal)
                    .Take(list.Limit),
            ]),
            failure: _ => Unavailable.Instance);
}
