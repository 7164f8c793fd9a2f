using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Conference.Deploy.Tests.Support;

/// <summary>YAML as JSON, which is what Kubernetes makes of it.</summary>
internal static class Yaml
{
    public static IReadOnlyList<JsonNode> Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(d => Convert(d.RootNode)!)];
    }

    /// <summary>What is at <c>spec/template/0/name</c>; null where there is nothing.</summary>
    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (string step in path.Split('/'))
        {
            node = node switch
            {
                JsonObject map => map[step],
                JsonArray list when int.TryParse(step, out int i) && i < list.Count => list[i],
                _ => null,
            };
        }

        return node;
    }

    public static string Text(this JsonNode? node, string path) =>
        node.At(path)?.ToString() ?? throw new InvalidOperationException($"nothing at {path} in {node?.ToJsonString()}");

    public static int Number(this JsonNode? node, string path) => int.Parse(node.Text(path), CultureInfo.InvariantCulture);

    public static IEnumerable<JsonNode> Each(this JsonNode? node, string path) => (node.At(path) as JsonArray)?.Select(n => n!) ?? [];

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Convert(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
