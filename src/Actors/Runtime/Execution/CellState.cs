namespace Conference.Actors.Runtime.Execution;

internal enum CellState : byte
{
    Starting,
    Running,

    /// <summary>Waits for the children that its PreRestart stopped.</summary>
    Recreating,

    /// <summary>Waits for all its children.</summary>
    Terminating,

    Terminated,
}
