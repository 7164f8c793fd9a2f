using Conference.Media.Rtp;
using Conference.Media.Speech;

namespace Conference.Media.Forwarding;

/// <summary>One room and service: its routes, and the RTP sources its members must share the number space with.</summary>
internal sealed class RoomService(RoomId room, ServiceName name, int counterIndex, int loop, Random random, SpeakerBoard speakers)
{
    private ServiceRoutes _routes = ServiceRoutes.None;

    public RoomId Room => room;

    public ServiceName Name => name;

    /// <summary>Its place in <see cref="LoopCounters.Services"/>.</summary>
    public int CounterIndex => counterIndex;

    /// <summary>The loop that receives from its ports and decides who gets what; sends too, unless the room is spread.</summary>
    public int Loop => loop;

    /// <summary>How many ports it has. The control side's.</summary>
    public int Ports { get; set; }

    /// <summary>Who is in it on other nodes; null where there are none. The control side's.</summary>
    public RemoteMembers? Remote { get; set; }

    /// <summary>Touched by that loop only.</summary>
    public SourceTable Sources { get; } = new(random);

    /// <summary>Who speaks in the room; shared with its other services.</summary>
    public SpeakerBoard Speakers => speakers;

    /// <summary>Somebody here speaks RTCP as receivers do, and may miss packets: they are kept for a while.</summary>
    public bool KeepsHistory { get; set; }

    /// <summary>Swapped whole. A loop reads it after it has received, so that what arrives after the swap sees the new routes.</summary>
    public ServiceRoutes Routes
    {
        get => Volatile.Read(ref _routes);
        set => Volatile.Write(ref _routes, value);
    }
}
