namespace Conference.Client.Load;

/// <summary>What a run does now.</summary>
public enum LoadPhase
{
    Joining,
    Sending,
}

/// <param name="Done">0 to 1 of the phase.</param>
/// <param name="Count">Clients in, or packets received.</param>
public readonly record struct LoadProgress(LoadPhase Phase, double Done, long Count);
