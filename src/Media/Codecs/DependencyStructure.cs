namespace Conference.Media.Codecs;

/// <summary>The kinds of frames an AV1 stream is made of, as its sender describes them with each keyframe.</summary>
/// <remarks>
/// AV1 RTP specification appendix A.8.2, template_dependency_structure(). A <em>decode target</em> is what a receiver may want: a spatial and a
/// temporal layer with all they need. Of each kind of frame there is a layer, and what it is to each target: 0 not part of it,
/// 1 nothing refers to it, 2 <em>switch</em> (from it on the target can be decoded), 3 required.
/// </remarks>
internal sealed class DependencyStructure
{
    private const int MaxTemplates = 64;
    private const int Switch = 2;
    private const int MaxSpatial = 3;
    private const int MaxTemporal = 7;

    private readonly Template[] _templates = new Template[MaxTemplates];
    private int _offset;
    private int _count;
    private int _spatial;

    // By temporal layer, a bit for each target: those that have it as their highest, and all spatial layers.
    private readonly uint[] _targetsOfLayer = new uint[MaxTemporal + 1];

    /// <summary>Chains of frames that must all arrive; how many there are changes how a frame that departs from its template is written.</summary>
    public int Chains { get; private set; }

    public int Targets { get; private set; }

    /// <summary>False, and useless until the next that is read, for what is not one.</summary>
    public bool TryRead(ref BitReader bits)
    {
        _offset = bits.Read(6);
        Targets = bits.Read(5) + 1;
        Chains = 0;
        if (!TryReadLayers(ref bits))
            return false;
        for (int i = 0; i < _count; i++)
            _templates[i].Indications = ReadIndications(ref bits);
        for (int i = 0; i < _count; i++)
        {
            _templates[i].RefersToNothing = true;
            while (bits.ReadFlag())
            {
                bits.Read(4);
                _templates[i].RefersToNothing = false;
            }
        }

        PassChains(ref bits);
        // Resolutions, two times 16 bits for each spatial layer.
        if (bits.ReadFlag())
        {
            for (int i = 0; i < 2 * (_spatial + 1); i++)
                bits.Read(16);
        }

        FindTargets();
        return !bits.IsPastEnd;
    }

    /// <summary>What each target is told of a frame, two bits for each.</summary>
    public ulong ReadIndications(ref BitReader bits)
    {
        ulong indications = 0;
        for (int target = 0; target < Targets; target++)
            indications |= (ulong)bits.Read(2) << (2 * target);
        return indications;
    }

    /// <summary>Tells of a frame what its template says.</summary>
    /// <param name="templateId">Counted from anywhere, modulo 64.</param>
    /// <param name="custom">What the targets are told of this one frame; null for what its template says.</param>
    /// <param name="isLowest">It is of the lowest spatial layer.</param>
    /// <param name="isIntra">It refers to no other frame.</param>
    public bool TryDescribe(int templateId, ulong? custom, ref FrameFacts facts, out bool isLowest, out bool isIntra)
    {
        int index = (templateId + MaxTemplates - _offset) % MaxTemplates;
        ref readonly Template template = ref _templates[index];
        (isLowest, isIntra) = (template.Spatial == 0, template.RefersToNothing);
        if (index >= _count)
            return false;
        facts.TemporalLayer = template.Temporal;
        facts.SwitchTo = SwitchTo(custom ?? template.Indications);
        return true;
    }

    private byte SwitchTo(ulong indications)
    {
        for (int layer = MaxTemporal; layer > 0; layer--)
        {
            uint targets = _targetsOfLayer[layer];
            bool all = targets != 0;
            for (; targets != 0; targets &= targets - 1)
                all &= (indications >> (2 * int.CreateTruncating(uint.TrailingZeroCount(targets))) & 3) == Switch;
            if (all)
                return (byte)layer;
        }

        return 0;
    }

    private bool TryReadLayers(ref BitReader bits)
    {
        int temporal = 0;
        _spatial = 0;
        for (_count = 0; _count < MaxTemplates;)
        {
            _templates[_count++] = new Template { Temporal = (byte)temporal, Spatial = (byte)_spatial };
            switch (bits.Read(2))
            {
                case 1:
                    temporal++;
                    break;
                case 2:
                    (temporal, _spatial) = (0, _spatial + 1);
                    break;
                case 3:
                    return true;
            }

            if (temporal > MaxTemporal || _spatial > MaxSpatial || bits.IsPastEnd)
                return false;
        }

        return false;
    }

    private void PassChains(ref BitReader bits)
    {
        Chains = bits.ReadBelow(Targets + 1);
        if (Chains == 0)
            return;
        for (int target = 0; target < Targets; target++)
            bits.ReadBelow(Chains);
        for (int i = 0; i < _count * Chains; i++)
            bits.Read(4);
    }

    // A target's layers are the highest of the frames that are part of it.
    private void FindTargets()
    {
        Array.Clear(_targetsOfLayer);
        for (int target = 0; target < Targets; target++)
        {
            int temporal = 0;
            int spatial = 0;
            foreach (ref readonly Template template in _templates.AsSpan(0, _count))
            {
                if ((template.Indications >> (2 * target) & 3) == 0)
                    continue;
                temporal = Math.Max(temporal, template.Temporal);
                spatial = Math.Max(spatial, template.Spatial);
            }

            if (spatial == _spatial)
                _targetsOfLayer[temporal] |= 1u << target;
        }
    }

    private struct Template
    {
        public byte Temporal;
        public byte Spatial;
        public bool RefersToNothing;

        /// <summary>Two bits for each target, the first lowest.</summary>
        public ulong Indications;
    }
}
