using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Conference.Actors.Serialization;

/// <summary>
/// Between what entities store and what the journal holds. The checksum is CRC-32C over persistence id, sequence number (8 bytes, little-endian),
/// manifest and payload: a row that was damaged, or stands where another belongs, is found out when it is read.
/// </summary>
public static class EventSeal
{
    /// <exception cref="ArgumentException">No event of ours: a bug of who stores it.</exception>
    public static StoredEvent Seal(object happened, string persistenceId, long sequenceNr)
    {
        var (manifest, payload) = StoredForms.Write(happened);
        return new StoredEvent(manifest, payload, Checksum(persistenceId, sequenceNr, manifest, payload));
    }

    /// <inheritdoc cref="Seal"/>
    public static StoredSnapshot SealSnapshot(object state, string persistenceId, long sequenceNr)
    {
        var (manifest, payload) = StoredForms.Write(state);
        return new StoredSnapshot(manifest, payload, Checksum(persistenceId, sequenceNr, manifest, payload));
    }

    /// <exception cref="DamagedRowException">It is not what was stored there, or a newer version's.</exception>
    public static object Open(StoredEvent stored, string persistenceId, long sequenceNr) =>
        Open(stored.Manifest, stored.Payload, stored.Checksum, persistenceId, sequenceNr, isSnapshot: false);

    /// <inheritdoc cref="Open(StoredEvent, string, long)"/>
    public static object Open(StoredSnapshot stored, string persistenceId, long sequenceNr) =>
        Open(stored.Manifest, stored.Payload, stored.Checksum, persistenceId, sequenceNr, isSnapshot: true);

    private static object Open(string manifest, byte[] payload, uint checksum, string persistenceId, long sequenceNr, bool isSnapshot)
    {
        // A damaged row may lack any part.
        if (manifest is null || payload is null || Checksum(persistenceId, sequenceNr, manifest, payload) != checksum)
            throw new DamagedRowException($"the checksum of row {sequenceNr} does not fit", isSnapshot);
        try
        {
            return StoredForms.Read(manifest, payload);
        }
        catch (Exception e)
        {
            throw new DamagedRowException($"row {sequenceNr} of kind '{manifest}' cannot be read", isSnapshot, e);
        }
    }

    private static uint Checksum(string persistenceId, long sequenceNr, string manifest, ReadOnlySpan<byte> payload)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, sequenceNr);
        uint crc = Add(uint.MaxValue, Encoding.UTF8.GetBytes(persistenceId));
        crc = Add(crc, number);
        crc = Add(crc, Encoding.UTF8.GetBytes(manifest));
        return ~Add(crc, payload);
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
