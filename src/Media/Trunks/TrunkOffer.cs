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

/// <summary>Where this node takes what other nodes send it by trunk: one UDP socket a loop.</summary>
/// <param name="Address">The address to listen on. Peers must have one of the same family.</param>
/// <param name="FirstPort">The number of the first loop's socket. The other loops take those behind it where they are free, else any; 0
/// is any for all.</param>
public sealed record TrunkOptions(IPAddress Address, int FirstPort)
{
    /// <summary>The address peers are told; null for <see cref="Address"/>, which must then not be a wildcard.</summary>
    public IPAddress? Advertise { get; init; }

    /// <summary>The number a loop's socket should have; 0 for any.</summary>
    internal int NumberOf(int loop) => FirstPort == 0 || FirstPort + loop > IPEndPoint.MaxPort ? 0 : FirstPort + loop;

    /// <summary>What peers are told of a socket.</summary>
    internal IPEndPoint Tell(IPEndPoint bound) => new(Advertise ?? Address, bound.Port);
}
