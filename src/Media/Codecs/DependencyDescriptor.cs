using Conference.Protocol.Rtp;

namespace Conference.Media.Codecs;

/// <summary>The header extension in which a sender of AV1 says what each packet's frame is, and what may be left out.</summary>
/// <remarks>
/// AV1 RTP specification appendix A.8:
/// <code>
/// |S|E| template, 6 bits | frame number, 16 bits |    S: a frame begins, E: it ends
/// if longer: |structure|active targets|custom indications|custom differences|custom chains| and each of those that are there
/// </code>
/// QCVC does not negotiate its id: it is the element that reads as one with a structure, to its last bit. Such stand in a keyframe's
/// first packet.
/// </remarks>
internal sealed class DependencyDescriptor
{
    private const int MandatoryBytes = 3;

    private DependencyStructure _structure = new();
    private DependencyStructure _spare = new();
    private int _id = -1;

    public bool HasStructure => _id >= 0;

    /// <summary>False where the packet has none, or none that a structure known by now explains.</summary>
    public bool TryRead(in RtpPacket packet, ReadOnlySpan<byte> datagram, out FrameFacts facts)
    {
        facts = default;
        var elements = new HeaderElements(packet, datagram);
        while (elements.MoveNext())
        {
            if (elements.Id == _id)
                return TryRead(elements.Data, out facts);
        }

        elements = new HeaderElements(packet, datagram);
        while (elements.MoveNext())
        {
            // The first bit behind the mandatory ones says that there is a structure.
            if (elements.Data.Length <= MandatoryBytes || (elements.Data[MandatoryBytes] & 0x80) == 0 || !TryRead(elements.Data, out facts))
                continue;
            _id = elements.Id;
            return true;
        }

        return false;
    }

    private bool TryRead(ReadOnlySpan<byte> element, out FrameFacts facts)
    {
        facts = default;
        if (element.Length < MandatoryBytes)
            return false;
        var bits = new BitReader(element);
        bool starts = bits.ReadFlag();
        bits.ReadFlag();
        int template = bits.Read(6);
        bits.Read(16);
        bool hasStructure = false;
        ulong? custom = null;
        if (element.Length > MandatoryBytes && !TryReadExtended(ref bits, out hasStructure, out custom))
            return false;
        DependencyStructure structure = hasStructure ? _spare : _structure;
        if (!structure.TryDescribe(template, custom, ref facts, out bool isLowest, out bool isIntra))
            return false;
        if (hasStructure)
            (_structure, _spare) = (_spare, _structure);
        // Spatial layers of one picture go together.
        if (!starts || !isLowest)
            return true;
        facts.Marks = FrameMarks.Start;
        if (hasStructure && isIntra)
            facts.Marks |= FrameMarks.Keyframe | FrameMarks.SwitchPoint;
        return true;
    }

    private bool TryReadExtended(ref BitReader bits, out bool hasStructure, out ulong? custom)
    {
        hasStructure = bits.ReadFlag();
        bool hasActiveTargets = bits.ReadFlag();
        bool hasIndications = bits.ReadFlag();
        bool hasDifferences = bits.ReadFlag();
        bool hasChains = bits.ReadFlag();
        custom = null;
        if (hasStructure && !_spare.TryRead(ref bits))
            return false;
        DependencyStructure structure = hasStructure ? _spare : _structure;
        if (hasActiveTargets)
            bits.Read(structure.Targets);
        if (hasIndications)
            custom = structure.ReadIndications(ref bits);
        if (hasDifferences)
        {
            while (bits.Read(2) is var size and not 0)
                bits.Read(4 * size);
        }

        if (hasChains)
        {
            for (int i = 0; i < structure.Chains; i++)
                bits.Read(8);
        }

        // What recognises a structure is that nothing is left over.
        return !bits.IsPastEnd && (!hasStructure || bits.Left < 8);
    }
}
