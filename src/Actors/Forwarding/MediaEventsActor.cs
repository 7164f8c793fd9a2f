using Conference.Actors.Runtime;
using Conference.Media;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Forwarding;

/// <summary>Carries what happens on the media plane to the forwarder of the room it happened in, one event at a time.</summary>
public sealed class MediaEventsActor : ReceiveActor
{
    private readonly IMediaPlane _plane;
    private readonly IActorRef _forwarders;

    public MediaEventsActor(IMediaPlane plane, IActorRef forwarders)
    {
        _plane = plane;
        _forwarders = forwarders;
        Receive<MediaEvent>(happened =>
        {
            if (happened is MediaEvent.SpeakerChanged spoke && Name.TryParse(spoke.Room.Value, out var room))
                _forwarders.Tell(new ForwarderCommands.Spoke(room, spoke.Port, spoke.Participant));
            ReadOn();
        });
        Receive<Ended>(_ => Context.Stop(Self));
    }

    public static Props Props(IMediaPlane plane, IActorRef forwarders) => Runtime.Props.Create(() => new MediaEventsActor(plane, forwarders));

    protected override void PreStart() => ReadOn();

    /// <summary>The plane completes its events when it stops; the read then fails.</summary>
    private void ReadOn()
    {
        while (_plane.Events.TryRead(out var happened))
        {
            if (happened is not MediaEvent.SpeakerChanged)
                continue;
            Self.Tell(happened);
            return;
        }

        _plane.Events.ReadAsync().AsTask().PipeTo(Self, failure: _ => Ended.Instance);
    }

    private sealed record Ended
    {
        public static Ended Instance { get; } = new();
    }
}
