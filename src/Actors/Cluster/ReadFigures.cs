namespace Conference.Actors.Cluster;

/// <summary>What a node says of itself. -> <see cref="FiguresRead"/>, once there is any</summary>
/// <param name="WithRooms">With what flows in its rooms.</param>
public sealed record ReadFigures(bool WithRooms);

/// <summary>The answer to <see cref="ReadFigures"/>.</summary>
/// <param name="Content">In the node's own encoding.</param>
public sealed record FiguresRead(ReadOnlyMemory<byte> Content);
