using Conference.Actors.Runtime.Sharding;
using Conference.Protocol.Addresses;

namespace Conference.Actors;

/// <summary>Messages name their entity themselves: the region needs no envelope.</summary>
/// <typeparam name="T">The messages of one kind of entity.</typeparam>
internal sealed class Extractor<T>(Func<T, Name> name, int shards = HashCodeMessageExtractor.DefaultShards) : HashCodeMessageExtractor(shards)
    where T : class
{
    public override string? EntityId(object message) => message is T command ? name(command).ToString() : null;
}
