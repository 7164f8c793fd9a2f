using Akka.Hosting;
using Conference.Protocol.Session;

namespace Conference.Actors.Serialization;

public static class SerializationExtensions
{
    /// <summary>Everything that is ours goes by <see cref="ConferenceSerializer"/>.</summary>
    public static AkkaConfigurationBuilder WithConferenceSerialization(this AkkaConfigurationBuilder builder) => builder.WithCustomSerializer(
        "conference",
        [typeof(IWireMessage), typeof(StoredEvent), typeof(StoredSnapshot), typeof(SessionOutcome), typeof(SessionNotice)],
        system =>
        {
            var serializer = new ConferenceSerializer(system);
            _ = Task.Run(serializer.WarmUp);
            return serializer;
        });
}
