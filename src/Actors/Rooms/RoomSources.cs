using Akka.Actor;
using Conference.Actors.Forwarding;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>What the members of a room send. The room knows who is in it; what they send, the nodes that carry it.</summary>
public static class RoomSources
{
    /// <summary>Asks all nodes at once. One that says nothing in time costs its own members' sources and no more.</summary>
    /// <param name="room">Which.</param>
    /// <param name="nodes">Forwarders of every node with members, as the room tells them.</param>
    /// <param name="deadline">How long they have.</param>
    public static async Task<ILookup<SessionId, MemberSource>> ReadAsync(Name room, IEnumerable<IActorRef> nodes, TimeSpan deadline)
    {
        var told = await Task.WhenAll(nodes.Select(ReadNodeAsync));
        return told.SelectMany(t => t.All).SelectMany(m => m.Sources.Select(source => (m.Who, source))).ToLookup(s => s.Who, s => s.source);

        async Task<ForwarderSources> ReadNodeAsync(IActorRef node)
        {
            try
            {
                return await node.AskTracedAsync<ForwarderSources>(new ForwarderCommands.ReadSources(room), deadline);
            }
            catch (AskTimeoutException)
            {
                return new ForwarderSources([]);
            }
        }
    }
}
