using System.Collections.Immutable;

namespace Conference.Media.Trunks;

/// <summary>What one loop of this node sends to a peer by: a key that peer has made, and where it listens. That loop's own.</summary>
/// <param name="index">The peer's name of the key.</param>
/// <param name="loop">Which loop of this node.</param>
/// <param name="cipher">This loop's.</param>
/// <param name="addresses">By the peer's loops.</param>
/// <param name="used">How many datagrams to each of them it has sealed already.</param>
internal sealed class SendingKey(ushort index, byte loop, TrunkCipher cipher, ImmutableArray<TrunkAddress> addresses, uint used = 0)
{
    // By the peer's loop, the last one used.
    private readonly uint[] _counters = [.. Enumerable.Repeat(used, addresses.Length)];

    /// <summary>Null where the peer has no such loop.</summary>
    public TrunkAddress? AddressOf(int receiver) => (uint)receiver < (uint)addresses.Length ? addresses[receiver] : null;

    /// <summary>Writes a datagram as it travels.</summary>
    /// <param name="receiver">The peer's loop it is for; one that it has.</param>
    /// <param name="label">See <see cref="TrunkDatagram"/>.</param>
    /// <param name="isFeedback">See there.</param>
    /// <param name="datagram">What is to travel.</param>
    /// <param name="into">Longer by <see cref="TrunkDatagram.Overhead"/>.</param>
    /// <returns>False when the key is used up.</returns>
    public bool TrySeal(int receiver, uint label, bool isFeedback, ReadOnlySpan<byte> datagram, Span<byte> into)
    {
        ref uint counter = ref _counters[receiver];
        // The counter is used up and there is no new key: nothing is sent, since no nonce may be used twice.
        if (counter == uint.MaxValue)
            return false;
        counter++;
        var header = new TrunkHeader(index, loop, counter);
        TrunkDatagram.WriteHeader(into, header);
        Span<byte> text = into[TrunkDatagram.HeaderBytes..^TrunkDatagram.TagBytes];
        TrunkDatagram.WriteLabel(text, label, isFeedback);
        datagram.CopyTo(text[TrunkDatagram.LabelBytes..]);
        cipher.Seal(header, (byte)receiver, text, into[^TrunkDatagram.TagBytes..]);
        return true;
    }
}
