using Conference.Actors.Serialization;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Forwarding;

/// <summary>A message for a node's forwarder of one room.</summary>
public interface IForwarderMessage : IWireMessage
{
    Name Room { get; }
}
