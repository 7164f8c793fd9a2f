using System.Collections.Immutable;
using MessagePack;

namespace Conference.Node.Statistics;

/// <summary>A node's figures as they travel. What is read came from another node, perhaps of another release: nothing in it is believed to be there.</summary>
internal static class StatisticsBytes
{
    private static readonly MessagePackSerializerOptions _options =
        MessagePackSerializerOptions.Standard.WithSecurity(MessagePackSecurity.UntrustedData.WithMaximumObjectGraphDepth(32));

    public static byte[] Write(NodeStatistics statistics) => MessagePackSerializer.Serialize(statistics, _options);

    /// <returns>Null: they cannot be read.</returns>
    public static NodeStatistics? Read(byte[] bytes)
    {
        try
        {
            return MessagePackSerializer.Deserialize<NodeStatistics?>(bytes, _options) is { } statistics ? Whole(statistics) : null;
        }
        catch (MessagePackSerializationException)
        {
            return null;
        }
    }

    private static NodeStatistics Whole(NodeStatistics read) => read with
    {
        Id = read.Id ?? "",
        Name = read.Name ?? "",
        Version = read.Version ?? "",
        Condition = Enum.IsDefined(read.Condition) ? read.Condition : NodeCondition.NotReady,
        Drops = read.Drops ?? ImmutableDictionary<string, double>.Empty,
        Peers = read.Peers.IsDefault ? [] : [.. read.Peers.Where(p => p is { Peer: not null, Name: not null })],
        Rooms = read.Rooms.IsDefault ? [] : [.. read.Rooms.Where(r => r is { Name: not null })],
        // It becomes a link.
        Console = Uri.TryCreate(read.Console, UriKind.Absolute, out var console) && console.Scheme is "http" or "https" ? console.ToString() : null,
    };
}
