using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Domains;
using Conference.Node.ReadModel;

namespace Conference.Node.Domains;

/// <summary>
/// Keeps this node's <see cref="DomainTable"/>: fills it before the actors start, and finds twice a second what this node was not told, which is a question by
/// number that mostly has no answer. A removal that takes long is asked for, since the node it ran on may have died.
/// </summary>
/// <param name="models">Where changes are found.</param>
/// <param name="table">This node's.</param>
/// <param name="node">Once it is open, its actor takes what is new, and ends the sessions of a domain that goes.</param>
/// <param name="actors">There once the node is open.</param>
/// <param name="time">The clock.</param>
public sealed class DomainWatch(ReadModels models, DomainTable table, Func<NodeHost> node, Func<NodeActors> actors, TimeProvider time) : BackgroundService
{
    private const int MostAtOnce = 1000;

    /// <summary>A change that was stored is listed some 250 ms later: known within a second.</summary>
    private static readonly TimeSpan _every = TimeSpan.FromMilliseconds(500);

    private const int LooksPerReminder = 10;

    private long _position;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(record => table.Take(record), cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_every, time);
        for (int looks = 1; await timer.WaitForNextTickAsync(stoppingToken); looks++)
        {
            bool isOpen = node().IsOpen;
            await LookAsync(record => Take(record, isOpen), stoppingToken);
            if (!isOpen || looks % LooksPerReminder != 0)
                continue;
            foreach (var domain in table.Removing)
                actors().Domains.Tell(new DomainQueries.Read(domain), ActorRefs.NoSender);
        }
    }

    private void Take(DomainRecord record, bool isOpen)
    {
        // Before it is open there is no session to be ended.
        if (isOpen)
            actors().Node.Tell(record, ActorRefs.NoSender);
        else
            table.Take(record);
    }

    private async Task LookAsync(Action<DomainRecord> take, CancellationToken cancellationToken)
    {
        try
        {
            int found;
            do
            {
                var (records, position) = await models.ReadDomainsAsync(_position, MostAtOnce, cancellationToken);
                foreach (var record in records)
                    take(record);
                (found, _position) = (records.Count, position);
            }
            while (found == MostAtOnce);
        }
        catch (StoreUnavailableException)
        {
            // What is known stays; there is another look.
        }
    }
}
