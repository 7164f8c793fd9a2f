using Akka.Actor;
using Conference.Media;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Forwarding;

/// <summary>Carries what happens on the media plane to the forwarder of the room it happened in, one event at a time.</summary>
public sealed class MediaEventsActor : ReceiveActor
{
    private readonly IMediaPlane _plane;

    public MediaEventsActor(IMediaPlane plane, IActorRef forwarders)
    {
        _plane = plane;
        Receive<Happened>(happened =>
        {
            if (happened.Event is MediaEvent.SpeakerChanged spoke)
                forwarders.Tell(new ForwarderCommands.Spoke(Name.Written(spoke.Room.Value), spoke.Port, spoke.Participant), ActorRefs.NoSender);
            ReadOn();
        });
        Receive<Ended>(_ => Context.Stop(Self));
    }

    public static Props Props(IMediaPlane plane, IActorRef forwarders) =>
        global::Akka.Actor.Props.Create(() => new MediaEventsActor(plane, forwarders));

    protected override void PreStart() => ReadOn();

    /// <summary>The plane completes its events when it stops; the read then fails.</summary>
    private void ReadOn()
    {
        while (_plane.Events.TryRead(out var happened))
        {
            if (happened is not MediaEvent.SpeakerChanged)
                continue;
            Self.Tell(new Happened(happened));
            return;
        }

        _plane.Events.ReadAsync().AsTask().PipeTo(Self, success: happened => new Happened(happened), failure: _ => Ended.Instance);
    }

    private sealed record Happened(MediaEvent Event) : INoSerializationVerificationNeeded;

    private sealed record Ended : INoSerializationVerificationNeeded
    {
        public static Ended Instance { get; } = new();
    }
}
