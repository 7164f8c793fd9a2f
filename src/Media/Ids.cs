namespace Conference.Media;

/// <summary>One UDP port of one CONN. Never reused in a process's life, unlike the port's number.</summary>
public readonly record struct PortId(long Value);

/// <summary>A room, by the name its owner knows it by.</summary>
public readonly record struct RoomId(string Value);

/// <summary>One user in one room. Two sessions of the same user share it, so that <c>select joe</c> means both.</summary>
public readonly record struct ParticipantId(int Value);

/// <summary>What a port carries ("video", "audio", ...). Ports of one room hear each other only within one service.</summary>
public readonly record struct ServiceName(string Value)
{
    public override string ToString() => Value;
}

/// <summary>RTP synchronisation source, RFC 3550 section 3.</summary>
public readonly record struct Ssrc(uint Value);

/// <summary>One life of another node of the cluster, at the far end of a trunk.</summary>
public readonly record struct PeerId(Guid Value);
