namespace Conference.Node.Links;

/// <summary>The versions of the node protocol a release speaks: of frames, and of everything nodes say in them.</summary>
/// <param name="Min">The oldest.</param>
/// <param name="Max">The newest.</param>
public readonly record struct ProtocolRange(int Min, int Max)
{
    /// <summary>
    /// A release that changes what an older one would misunderstand raises <see cref="Max"/>, and speaks the one before for as long as
    /// its predecessor is to work beside it.
    /// </summary>
    public static ProtocolRange OfThisRelease { get; } = new(1, 1);

    /// <summary>The newest that both speak; null when there is none.</summary>
    public int? Common(ProtocolRange other)
    {
        int newest = Math.Min(Max, other.Max);
        return newest >= Math.Max(Min, other.Min) ? newest : null;
    }

    public override string ToString() => Min == Max ? $"{Min}" : $"{Min}-{Max}";
}
