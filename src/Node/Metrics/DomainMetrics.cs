using Conference.Actors;
using Conference.Actors.Domains;
using Conference.Protocol.Addresses;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>
/// What each customer has on this node: of the <see cref="MostShown"/> with the most sessions here, and of all others together, so that ten thousand customers are no ten thousand
/// series.
/// </summary>
/// <param name="metrics">Where it is shown.</param>
/// <param name="use">What each domain has.</param>
/// <param name="conference">Whose members are where.</param>
public sealed class DomainMetrics(IMetricFactory metrics, DomainUse use, ConferenceMetrics conference) : IMetricsSource
{
    public const int MostShown = 50;

    /// <summary>Those that are not shown; a domain that is called so is counted among them.</summary>
    public const string Others = "other";

    private readonly Gauge _sessions = metrics.CreateGauge("conference_domain_sessions", "Sessions on this node that are signed in, or have been in a room.", ["domain"]);
    private readonly Gauge _members = metrics.CreateGauge("conference_domain_members", "Members of rooms whose session is on this node.", ["domain"]);
    private readonly Gauge _rooms = metrics.CreateGauge("conference_domain_rooms", "Open rooms this node owns.", ["domain"]);
    private readonly Lock _gate = new();
    private HashSet<string> _shown = [];

    public void Refresh()
    {
        var members = new Dictionary<Domain, int>();
        foreach (var (room, count) in conference.MembersByRoom)
            members[room.Domain] = members.GetValueOrDefault(room.Domain) + count;
        // The others are always shown, so that there is a series before there is anybody.
        var rows = use.Here.OrderByDescending(d => d.Counts.Sessions).ThenBy(d => d.Domain.ToString(), StringComparer.Ordinal)
            .Select((d, rank) => (Label: rank < MostShown ? d.Domain.ToString() : Others, d.Counts.Sessions, Members: members.GetValueOrDefault(d.Domain), d.Counts.Rooms))
            .Append((Label: Others, Sessions: 0, Members: 0, Rooms: 0))
            .GroupBy(d => d.Label).ToArray();
        lock (_gate)
        {
            foreach (var row in rows)
            {
                _sessions.WithLabels(row.Key).Set(row.Sum(d => d.Sessions));
                _members.WithLabels(row.Key).Set(row.Sum(d => d.Members));
                _rooms.WithLabels(row.Key).Set(row.Sum(d => d.Rooms));
            }

            var before = _shown;
            _shown = [.. rows.Select(r => r.Key)];
            foreach (string gone in before.Except(_shown))
            {
                _sessions.RemoveLabelled(gone);
                _members.RemoveLabelled(gone);
                _rooms.RemoveLabelled(gone);
            }
        }
    }
}
