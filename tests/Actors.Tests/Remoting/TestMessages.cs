using Conference.Actors.Remoting;
using Conference.Actors.Remoting.Protos;
using Conference.Actors.Runtime;
using Google.Protobuf;

namespace Conference.Actors.Tests.Remoting;

/// <summary>Words, and words with a reference: all that these tests send from node to node. Any other message cannot cross.</summary>
internal sealed class TestMessages : IMessageSerializer
{
    public static TestMessages Instance { get; } = new();

    public IMessage? ToProto(object message, ReferenceWriter references) => message switch
    {
        string text => new Tell { Entity = text },
        WithRef with => new Tell { Entity = with.Text, Sender = references.Write(with.Actor) },
        _ => null,
    };

    public object? FromProto(ByteString payload, ReferenceReader references)
    {
        var tell = Tell.Parser.ParseFrom(payload);
        return tell.Entity == "unknown" ? null : tell.Sender is { } actor ? new WithRef(tell.Entity, references.Read(actor)) : tell.Entity;
    }
}

/// <summary>Tells of an actor.</summary>
internal sealed record WithRef(string Text, IActorRef Actor);
