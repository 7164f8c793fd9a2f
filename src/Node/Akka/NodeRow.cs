namespace Conference.Node.Akka;

/// <summary>What <c>conference_node</c> says of a node.</summary>
/// <param name="Life">Which life.</param>
/// <param name="Place">Where it is.</param>
/// <param name="Name"><c>Node:Name</c></param>
/// <param name="State">How far it is.</param>
/// <param name="Silence">How long ago it refreshed its row, by the database's clock.</param>
internal sealed record NodeRow(NodeLife Life, NodePlace Place, string Name, NodeState State, TimeSpan Silence);

internal enum NodeState
{
    /// <summary>Tries to get into a cluster: nobody can join it.</summary>
    Joining,

    /// <summary>Is to be the first of a cluster.</summary>
    Founding,

    /// <summary>Is or was up.</summary>
    Up,
}

internal static class NodeStates
{
    public static string Text(this NodeState state) => state switch
    {
        NodeState.Joining => "joining",
        NodeState.Founding => "founding",
        _ => "up",
    };

    public static NodeState Parse(string text) => text switch
    {
        "joining" => NodeState.Joining,
        "founding" => NodeState.Founding,
        _ => NodeState.Up,
    };
}
