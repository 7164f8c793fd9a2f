using Conference.Actors.Remoting.Protos;
using Conference.Actors.Runtime.Sharding;
using Google.Protobuf;

namespace Conference.Actors.Remoting;

/// <summary>The message in a <see cref="Tell"/>: the runtime's own as envelope.proto has them, all others by the serializer.</summary>
internal static class TellContent
{
    /// <returns>False when it is no message that crosses.</returns>
    internal static bool TryWrite(Tell tell, object message, IMessageSerializer serializer, ReferenceWriter references)
    {
        switch (message)
        {
            case Routed routed:
                tell.Shard = (uint)routed.Shard.Value;
                tell.Epoch = routed.Epoch;
                tell.Entity = routed.EntityId;
                return routed.Message is not Routed && TryWrite(tell, routed.Message, serializer, references);
            case Runtime.Sharding.WrongOwner wrong:
                tell.WrongOwner = new Protos.WrongOwner { Shard = (uint)wrong.Shard.Value, Epoch = wrong.Epoch };
                return true;
            case Runtime.Status.Failure failure:
                tell.Failure = Failures.ToProto(failure.Cause);
                return true;
            default:
                if (serializer.ToProto(message, references) is not { } payload)
                    return false;
                tell.Payload = payload.ToByteString();
                return true;
        }
    }

    /// <returns>Null when it is of a kind this version does not know.</returns>
    internal static object? Read(Tell tell, IMessageSerializer serializer, ReferenceReader references)
    {
        object? message = tell.MessageCase switch
        {
            Tell.MessageOneofCase.Payload => serializer.FromProto(tell.Payload, references),
            Tell.MessageOneofCase.Failure => new Runtime.Status.Failure(Failures.FromProto(tell.Failure)),
            Tell.MessageOneofCase.WrongOwner => new Runtime.Sharding.WrongOwner(ShardOf(tell.WrongOwner.Shard), tell.WrongOwner.Epoch),
            _ => null,
        };
        return tell.HasShard && message is not null ? new Routed(ShardOf(tell.Shard), tell.Epoch, tell.Entity, message) : message;
    }

    internal static ShardId ShardOf(uint shard) => shard < Cluster.ClusterView.ShardCount
        ? new ShardId((int)shard)
        : throw new InvalidDataException("there is no such shard");
}
