using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <summary>
/// One node's part in the cluster, pure: inputs and the time of this node's monotonic clock in, outputs out. Not thread-safe: one caller at a
/// time, and outputs are taken up in order. docs/adr/0005-cluster-membership.md says what it promises and why that holds.
/// </summary>
/// <remarks>This part: inputs, what follows from the time, and the end of a life.</remarks>
public sealed partial class MembershipMachine
{
    private readonly NodeCard _card;
    private readonly MembershipRules _rules;
    private readonly Func<NodeId> _newId;
    private readonly Lane _release;
    private readonly HashSet<NodeId> _stopping = [];
    private readonly Queue<NodeId> _toRelease = new();
    private List<MembershipOutput> _outputs = [];
    private Life _life;
    private TimeSpan _now;
    private TimeSpan _leaseSaid;
    private ulong _chance;
    private bool _isAway;

    /// <param name="card">What this node says of itself.</param>
    /// <param name="rules">The same on every node.</param>
    /// <param name="newId">Makes ids nobody else makes. Called at once, and after every fencing.</param>
    public MembershipMachine(NodeCard card, MembershipRules rules, Func<NodeId> newId)
    {
        _card = card;
        _rules = rules;
        _newId = newId;
        _release = new Lane(rules);
        _life = new Life(newId(), rules);
        _chance = (ulong)Self.GetHashCode();
    }

    /// <summary>The life this node is in.</summary>
    public NodeId Self => _life.Id;

    public MembershipRules Rules => _rules;

    /// <summary>When it wants <see cref="MembershipInput.Tick"/>, at the latest. Changes with every step.</summary>
    public TimeSpan NextTick { get; private set; }

    /// <summary>One step.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">By this node's monotonic clock. Never less than before.</param>
    /// <returns>What is to be done, in order. Valid until the next step.</returns>
    public IReadOnlyList<MembershipOutput> Step(MembershipInput input, TimeSpan now)
    {
        if (_outputs.Count > 0)
            _outputs = [];
        NextTick = TimeSpan.MaxValue;
        if (_isOver)
            return _outputs;
        _now = now;
        Take(input);
        if (!_isOver)
            Proceed();
        return _outputs;
    }

    private void Take(MembershipInput input)
    {
        switch (input)
        {
            case MembershipInput.Completed completed:
                OnCompleted(completed.Statement, completed.Result, completed.Sent);
                break;
            case MembershipInput.Failed failed:
                OnFailed(failed.Statement);
                break;
            case MembershipInput.SessionLost lost when lost.Self == Self:
                _life.HasSession = false;
                Discard();
                break;
            case MembershipInput.Notified { Version: < long.MaxValue } notified:
                _life.WantedVersion = Math.Max(_life.WantedVersion, notified.Version);
                break;
            case MembershipInput.Notified or MembershipInput.RefreshRequested:
                _life.LoadWanted = true;
                break;
            case MembershipInput.Probed probed:
                OnProbed(probed.Node, probed.Answer);
                break;
            case MembershipInput.HandedOff handed:
                _life.Handoffs.Stopped(new ShardEpoch(handed.Shard, handed.Epoch));
                break;
            case MembershipInput.EntitiesStopped stopped when _stopping.Remove(stopped.Life):
                _toRelease.Enqueue(stopped.Life);
                break;
            case MembershipInput.LinkUp up:
                _life.Peers.Changed(up.Peer, isUp: true, _now);
                break;
            case MembershipInput.LinkDown down:
                _life.Peers.Changed(down.Peer, isUp: false, _now);
                // It may have ended: look at its beat now, so that its standing still counts from here.
                _life.NextObservation = _now;
                break;
            case MembershipInput.DrainRequested:
                _wanted = NodeRowState.Leaving;
                break;
            case MembershipInput.DrainCalledOff when !_isLeaving:
                _wanted = NodeRowState.Up;
                break;
            case MembershipInput.LeaveRequested when !_isLeaving:
                (_isLeaving, _wanted, _leavingSince) = (true, NodeRowState.Leaving, _now);
                break;
        }
    }

    private void Proceed()
    {
        ProceedReleases();
        if (_isReleasing)
            return;
        if (!_life.HasSession)
            Send(_life.HoldSession, static life => new MembershipStatement.HoldSession(life.Id));
        if (!_life.IsRegistered)
        {
            if (_life.HasSession && !_isLeaving)
                Send(_life.Register, life => new MembershipStatement.Register(life.Id, _card));
            if (_isLeaving)
                ProceedLeaving();
            return;
        }

        ProceedBeat();
        var isNewer = _life.WantedVersion > (_life.Tables?.Version ?? -1);
        // What is read from here on is as new as all that was heard of, whatever version somebody has made up.
        if ((_life.LoadWanted || isNewer) && Send(_life.Load, static life => new MembershipStatement.Load(life.Id)))
            (_life.LoadWanted, _life.WantedVersion) = (false, -1);
        if (_life.Tables is null)
            return;
        ProceedObservation();
        ProceedReconcile();
        ProceedHandoffs();
        ProceedState();
        if (_isLeaving)
            ProceedLeaving();
    }

    private void ProceedBeat()
    {
        if (_now < _life.Lease.Until)
            Wake(_life.Lease.Until);
        else
            // Whoever could not write for so long does not judge whether others could.
            Discard();
        if (_now < _life.NextBeat)
            Wake(_life.NextBeat);
        else if (Send(_life.Beat, life => new MembershipStatement.Beat(life.Id, Accused())))
            _life.NextBeat = _now + _rules.Beat;
    }

    private void Discard()
    {
        _life.Observations.Discard();
        _life.Timers.Discard();
        if (_life.Dead.Length + _life.Doubtful.Length > 0)
            (_life.Dead, _life.Doubtful, _life.IsPlanOld) = ([], [], true);
    }

    /// <summary>This life is over, and whatever it owned is somebody else's or will be. The node goes on as another.</summary>
    private void Fence()
    {
        var over = Self;
        Say(TimeSpan.Zero);
        _ = _stopping.Add(over);
        if (_isLeaving)
        {
            _isReleasing = true;
            Put(new MembershipOutput.Fenced(over, null));
            return;
        }

        _life = new Life(_newId(), _rules);
        Put(new MembershipOutput.Fenced(over, Self));
    }

    private bool Send(Lane lane, Func<Life, MembershipStatement> statement)
    {
        if (lane.IsReady(_now))
        {
            Put(lane.Send(statement(_life)));
            return true;
        }

        if (!lane.IsBusy)
            Wake(lane.NotBefore);
        return false;
    }

    private void SayLease()
    {
        if (_life.Lease.Until > _leaseSaid)
            Say(_life.Lease.Until);
    }

    private void Say(TimeSpan lease)
    {
        _leaseSaid = lease;
        Put(new MembershipOutput.LeaseUntil(lease));
    }

    private void Put(MembershipOutput output) => _outputs.Add(output);

    private void Report(MembershipEvent happened) => Put(new MembershipOutput.Report(happened));

    private void Wake(TimeSpan at)
    {
        if (at > _now && at < NextTick)
            NextTick = at;
    }

    /// <summary>From 0 to 1; differs from node to node, and is the same in every run of a simulation.</summary>
    private double Chance()
    {
        _chance = (_chance * 6364136223846793005) + 1442695040888963407;
        return (_chance >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>One that joins accuses nobody: it may be the one that nobody reaches.</summary>
    private ImmutableArray<NodeId> Accused() =>
        _life.Tables is not null && _life.Row?.State is NodeRowState.Up or NodeRowState.Leaving ? _life.Peers.Accused(_now) : [];
}
