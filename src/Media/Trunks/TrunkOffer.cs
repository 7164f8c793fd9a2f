using System.Collections.Immutable;
using System.Net;

namespace Conference.Media;

/// <summary>How to send to a node by trunk: made by that node for one peer, and told it over the node link. Whoever knows it can send in that
/// peer's name.</summary>
/// <param name="Index">Names the key to the node that made it.</param>
/// <param name="Secret">What the key is derived from: <see cref="SecretBytes"/> random bytes.</param>
/// <param name="Endpoints">Where to send, by the loop a room lives on there; 1 to <see cref="MostLoops"/>.</param>
public sealed record TrunkOffer(ushort Index, ImmutableArray<byte> Secret, ImmutableArray<IPEndPoint> Endpoints)
{
    public const int SecretBytes = 32;

    /// <summary>What one byte of the header can name.</summary>
    public const int MostLoops = 256;

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"TrunkOffer {{ Index = {Index}, Loops = {Endpoints.Length} }}";
}
