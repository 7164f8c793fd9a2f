using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime;

namespace Conference.Actors.Rooms;

/// <summary>
/// A room that begins anew, for whatever reason, knows from its journal whose calls are open, and not how they are reached: every node is
/// asked. Nobody is answered before all have said who is there, or <see cref="_answerLimit"/> is over; whose node says nothing until
/// <see cref="_registerLimit"/> has left with it. Media flows as it did meanwhile: nodes keep the routes they have.
/// </summary>
public sealed partial class RoomActor
{
    /// <summary>Links and nodes that are well answer in milliseconds. Nobody can join meanwhile.</summary>
    private static readonly TimeSpan _answerLimit = TimeSpan.FromSeconds(2);

    /// <summary>A node that says nothing for so long and is not down has lost its link; it comes forward when that is back.</summary>
    private static readonly TimeSpan _registerLimit = TimeSpan.FromSeconds(5);

    /// <summary>Nodes that have not said yet who is there.</summary>
    private readonly HashSet<NodeId> _unheard = [];

    private void AskWhoIsHere()
    {
        if (_state.OpenCalls.Count == 0)
            return;
        foreach (var node in _node.Cluster.View.Nodes)
        {
            _unheard.Add(node.Id);
            _node.Nodes.Forwarders(node.Id).Tell(new RoomEvent.Recovered(_name, Stamp), ActorRefs.NoSender);
        }

        WatchNodes();
        Timers.StartSingleTimer(AnswerLimit.Instance, AnswerLimit.Instance, _answerLimit);
        Timers.StartSingleTimer(RegisterLimit.Instance, RegisterLimit.Instance, _registerLimit);
        BecomeStacked(() =>
        {
            Command<RoomCommands.Register>(register =>
            {
                Restore(register);
                if (IsWhole(register) && _unheard.Remove(register.From) && _unheard.Count == 0)
                    Begin();
            });
            Command<Terminated>(ended =>
            {
                foreach (var id in TakeWatched(ended.ActorRef))
                    _unheard.Remove(id);
                if (_unheard.Count == 0)
                    Begin();
            });
            Command<AnswerLimit>(_ => Begin());
            CommandAny(_ => Stash.Stash());
        });
    }

    private void Begin()
    {
        Timers.Cancel(AnswerLimit.Instance);
        UnbecomeStacked();
        KnowWhoIsHere();
        Stash.UnstashAll();
    }

    /// <summary>As much as will be known, or all there is to be known.</summary>
    private void KnowWhoIsHere()
    {
        if (_unheard.Count == 0)
            Timers.Cancel(RegisterLimit.Instance);
        WriteWhoIsHere();
        ShowPictureToAll();
        WatchNodes();
    }

    private void StopWaiting()
    {
        _unheard.Clear();
        KnowWhoIsHere();
    }

    /// <summary>While the room runs: it was not awake when its shard changed hands, or a node comes forward late, or in another life.</summary>
    private void Register(RoomCommands.Register register)
    {
        foreach (var (who, port) in Restore(register))
            Publish(stamp => Joined(stamp, who, port), except: register.From);
        if (!register.IsLast)
            return;
        // One of both: what is written here is not known to be before it is stored.
        if (IsWhole(register) && _unheard.Remove(register.From) && _unheard.Count == 0)
            KnowWhoIsHere();
        else
            WriteWhoIsHere();
        WatchNodes();
        if (_state.HasNode(register.From))
            ShowPicture(register.Node);
    }

    private void Hear(NodeId node)
    {
        if (_unheard.Remove(node) && _unheard.Count == 0)
            KnowWhoIsHere();
    }

    /// <summary>What was said before this actor asked may be what an earlier one was told: it counts, and is not all.</summary>
    private bool IsWhole(RoomCommands.Register register) => register.IsLast && register.Known == _term;

    private List<(Participant Who, JoiningPort Port)> Restore(RoomCommands.Register register)
    {
        _state.HasOwner |= register.HasOwner;
        return [.. register.Members.SelectMany(m => _state.Restore(m, register.Known == _term).Select(port => (m.Who, port)))];
    }

    /// <summary>Records for those who are here and have none (they came forward too late, or nobody knew the outcome of the write that let
    /// them in): better a second one than none. Ends for those that nobody came forward for.</summary>
    private void WriteWhoIsHere()
    {
        var unrecorded = _state.Members.Where(m => !_state.HasOpenCall(m.Who.Id)).Take(MostAtOnce).ToArray();
        foreach (var member in unrecorded)
            StartCall(member.Who, () => { });
        var gone = _unheard.Count > 0
            ? []
            : _state.OpenCalls.Where(c => _state.Find(new SessionId(c.Session)) is null).Take(MostAtOnce).ToArray();
        foreach (var call in gone)
            EndCall(new SessionId(call.Session), CallEnd.NodeGone, CallTotals.None, () => { });
        if (unrecorded.Length == MostAtOnce || gone.Length == MostAtOnce)
            Self.Tell(WriteOn.Instance);
    }

    private sealed record AnswerLimit
    {
        public static AnswerLimit Instance { get; } = new();
    }

    private sealed record RegisterLimit
    {
        public static RegisterLimit Instance { get; } = new();
    }

    /// <summary>There were more than one write holds.</summary>
    private sealed record WriteOn
    {
        public static WriteOn Instance { get; } = new();
    }
}
