using System.Globalization;
using System.Text;

namespace Conference.Actors.Runtime.Sharding;

/// <summary>
/// An entity id as an actor's name: ASCII letters, digits and <c>-_.</c> as they are, every other UTF-16 unit as <c>%XXXX</c>. No two
/// ids share a name, which URL escaping would not promise (it folds what is no valid Unicode).
/// </summary>
internal static class EntityName
{
    internal static string Of(string entityId)
    {
        if (entityId.Length == 0)
            return "%";
        if (entityId.All(IsPlain))
            return entityId;
        var name = new StringBuilder(entityId.Length + 16);
        foreach (var unit in entityId)
            _ = IsPlain(unit) ? name.Append(unit) : name.Append(CultureInfo.InvariantCulture, $"%{(int)unit:x4}");
        return name.ToString();
    }

    private static bool IsPlain(char unit) => char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_' or '.';
}
