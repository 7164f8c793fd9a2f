namespace Conference.Node.Akka;

/// <summary>What was seen of a member that may be dead. Pure.</summary>
/// <param name="Since">When it came under suspicion, in ticks of the clock that also says now.</param>
/// <param name="Proofs">How often in a row it was seen to be dead.</param>
/// <param name="FirstProof">When the first of them was seen.</param>
/// <param name="Slowest">The longest that the database took to answer during them.</param>
internal sealed record Suspect(long Since, int Proofs = 0, long FirstProof = 0, TimeSpan Slowest = default)
{
    /// <summary>
    /// A node that lost its session, and that others are refused by, looks dead until it has its lock back: it takes it again at once, within some ten
    /// milliseconds. Proofs must go on for longer than that; and for much longer than the database takes to let anybody in, where all are slow.
    /// </summary>
    public static readonly TimeSpan ProofTime = TimeSpan.FromMilliseconds(400);

    /// <summary>A broken connection of a member that can be reached is forgotten after this long without proof.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);

    private const int ProofsNeeded = 3;

    public Suspect See(Sighting sighting, long now)
    {
        if (!sighting.IsDead)
            return this with { Proofs = 0, Slowest = default };
        return this with
        {
            Proofs = Proofs + 1,
            FirstProof = Proofs == 0 ? now : FirstProof,
            Slowest = sighting.Took > Slowest ? sighting.Took : Slowest,
        };
    }

    public bool IsProven(TimeProvider clock, long now) => Proofs >= ProofsNeeded && clock.GetElapsedTime(FirstProof, now) >= ProofTime + (5 * Slowest);

    /// <summary>Until it is looked at again.</summary>
    public TimeSpan Pause(TimeProvider clock, long now) =>
        Proofs > 0 || clock.GetElapsedTime(Since, now) < Memory ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromMilliseconds(500);
}
