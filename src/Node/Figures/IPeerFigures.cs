using Conference.Actors.Cluster;

namespace Conference.Node.Figures;

/// <summary>What the other nodes of the cluster say of themselves: what the links must provide.</summary>
public interface IPeerFigures
{
    /// <summary>
    /// Asks every other node for its <see cref="LocalFigures.Latest"/>. Answers with those that have answered once all have or the deadline
    /// has passed; a node that says nothing is left out. Called once a second, not again before it has answered.
    /// </summary>
    /// <param name="withRooms">With their rooms: only while somebody looks.</param>
    /// <param name="deadline">Cancelled when it is time to answer with what there is. That is no error.</param>
    Task<IReadOnlyDictionary<NodeId, NodeFigures>> ReadAsync(bool withRooms, CancellationToken deadline);
}

/// <summary>A cluster of one has none.</summary>
public sealed class NoPeerFigures : IPeerFigures
{
    private static readonly Task<IReadOnlyDictionary<NodeId, NodeFigures>> _none =
        Task.FromResult<IReadOnlyDictionary<NodeId, NodeFigures>>(new Dictionary<NodeId, NodeFigures>());

    public Task<IReadOnlyDictionary<NodeId, NodeFigures>> ReadAsync(bool withRooms, CancellationToken deadline) => _none;
}
