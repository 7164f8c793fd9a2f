using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Conference.Node.Akka;

/// <summary>
/// Which database this is: the identifier that <c>initdb</c> gave its server, and the object identifier of the database. A dump that is restored elsewhere
/// has another, so what nodes of the original have written in it is known to be foreign.
/// </summary>
public sealed record ClusterIdentity(string Value)
{
    /// <summary>Advisory locks: this key is held while somebody decides who forms the cluster.</summary>
    internal long FormationKey => Key("formation", "");

    /// <summary>Held by the node that may be at this address.</summary>
    internal long AddressKey(NodeEndpoint endpoint) => Key("address", endpoint.ToString());

    /// <summary>Held by one life of one node, for as long as it lives.</summary>
    internal long IncarnationKey(NodeIncarnation incarnation) => Key("life", incarnation.Value);

    public override string ToString() => Value;

    private long Key(string kind, string of) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"conference\n{Value}\n{kind}\n{of}")));
}
