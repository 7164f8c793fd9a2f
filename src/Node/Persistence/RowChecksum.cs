using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Conference.Actors.Persistence;

namespace Conference.Node.Persistence;

/// <summary>
/// CRC-32C over whose row it is, its number and its payload: a damaged payload is noticed, and so is a whole one that is in
/// another's place. Stored, so it never changes.
/// </summary>
internal static class RowChecksum
{
    internal static long Of(PersistenceId persistenceId, long sequenceNr, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[PersistenceId.MaxBytes + 1 + sizeof(long)];
        int length = Encoding.UTF8.GetBytes(persistenceId.ToString(), head);
        head[length++] = 0;
        BinaryPrimitives.WriteInt64LittleEndian(head[length..], sequenceNr);
        return ~Add(Add(uint.MaxValue, head[..(length + sizeof(long))]), payload);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
