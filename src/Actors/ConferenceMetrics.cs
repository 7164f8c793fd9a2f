using System.Diagnostics.Metrics;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;

namespace Conference.Actors;

/// <summary>What the actors count. Names are the contract's, less the exporter's <c>_total</c>; labels are never names of people or rooms.</summary>
public sealed class ConferenceMetrics
{
    private static readonly string[] _mechanisms = [.. Enum.GetNames<AuthMechanism>().Select(m => m.ToLowerInvariant())];

    private readonly Counter<long> _signIns;
    private long _sessions, _rooms, _members;

    public ConferenceMetrics(Meter meter)
    {
        meter.CreateObservableGauge("conference_sessions", () => Volatile.Read(ref _sessions), description: "Open QCVC sessions.");
        meter.CreateObservableGauge("conference_rooms", () => Volatile.Read(ref _rooms), description: "Open rooms this node owns.");
        meter.CreateObservableGauge("conference_members", () => Volatile.Read(ref _members), description: "Members of rooms whose session is on this node.");
        _signIns = meter.CreateCounter<long>("conference_signins", description: "AUTH commands, by mechanism and what came of them.");
    }

    public void Sessions(int change) => Interlocked.Add(ref _sessions, change);

    public void Rooms(int change) => Interlocked.Add(ref _rooms, change);

    public void Members(int change) => Interlocked.Add(ref _members, change);

    /// <summary>What this node holds now.</summary>
    public NodeCounts Counts => new(Volatile.Read(ref _sessions), Volatile.Read(ref _rooms), Volatile.Read(ref _members));

    public void SignIn(AuthMechanism mechanism, SignInVerdict verdict) => _signIns.Add(
        1,
        new KeyValuePair<string, object?>("mechanism", _mechanisms[(int)mechanism]),
        new KeyValuePair<string, object?>("outcome", verdict.ToLabel()));
}

/// <param name="Sessions">Open sessions.</param>
/// <param name="Rooms">Open rooms it owns.</param>
/// <param name="Members">Members whose session is here.</param>
public sealed record NodeCounts(long Sessions, long Rooms, long Members);
