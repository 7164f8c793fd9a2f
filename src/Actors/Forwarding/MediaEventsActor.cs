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
            if (MessageOf(happened.Event) is { } message)
                forwarders.Tell(message, ActorRefs.NoSender);
            ReadOn();
        });
        Receive<Ended>(_ => Context.Stop(Self));
    }

    public static Props Props(IMediaPlane plane, IActorRef forwarders) =>
        global::Akka.Actor.Props.Create(() => new MediaEventsActor(plane, forwarders));

    protected override void PreStart() => ReadOn();

    /// <returns>Null for what no forwarder needs to know.</returns>
    private static IForwarderMessage? MessageOf(MediaEvent happened)
    {
        var room = Name.Written(happened.Room.Value);
        return happened switch
        {
            MediaEvent.SpeakerChanged spoke => new ForwarderCommands.Spoke(room, spoke.Port, spoke.Participant),
            MediaEvent.Seated seated => new ForwarderCommands.Seated(room, seated.Port, seated.Web, seated.IsShort),
            MediaEvent.WebChanged changed => new ForwarderCommands.MediaChanged(room, changed.Port),
            MediaEvent.Roamed roamed => new ForwarderCommands.Roamed(room, roamed.Port, roamed.Token),
            _ => null,
        };
    }

    /// <summary>The plane completes its events when it stops; the read then fails.</summary>
    private void ReadOn()
    {
        while (_plane.Events.TryRead(out var happened))
        {
            if (happened is MediaEvent.Latched)
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
