using System.Text.Json.Nodes;

namespace Conference.Node.Console.Events;

/// <summary>JSON merge patches (RFC 7396): what a reader who has one object needs to have the next.</summary>
public static class MergePatch
{
    /// <summary>Members that have changed; null for those that are gone. Objects are compared within, everything else as a whole.</summary>
    public static JsonObject Between(JsonObject before, JsonObject now)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in now)
        {
            bool wasThere = before.TryGetPropertyValue(name, out var was);
            if (was is JsonObject wasObject && value is JsonObject isObject)
            {
                var inner = Between(wasObject, isObject);
                if (inner.Count > 0)
                    patch[name] = inner;
            }
            // A member that is null is, to a patch, one that is not there.
            else if (!JsonNode.DeepEquals(was, value) && (wasThere || value is not null))
            {
                patch[name] = value?.DeepClone();
            }
        }

        foreach (var (name, was) in before)
        {
            if (was is not null && !now.ContainsKey(name))
                patch[name] = null;
        }

        return patch;
    }
}
