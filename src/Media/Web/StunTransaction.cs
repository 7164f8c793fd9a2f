using System.Buffers.Binary;

namespace Conference.Media.Web;

/// <summary>A STUN transaction id: 96 bits that are new for each request, and the same when one is repeated.</summary>
internal readonly record struct StunTransaction(ulong High, uint Low)
{
    public static StunTransaction Read(ReadOnlySpan<byte> id) => new(BinaryPrimitives.ReadUInt64BigEndian(id), BinaryPrimitives.ReadUInt32BigEndian(id[8..]));
}
