using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Conference.Node.Api;

/// <summary>
/// What one parameter of a query, or one field of a body, must be: read from its type and the attributes that its description is made of too, so that what is
/// described is what is checked.
/// </summary>
internal sealed partial class InputRule
{
    private readonly Type _type;
    private readonly ValidationAttribute[] _limits;

    private InputRule(string name, Type type, ICustomAttributeProvider declared)
    {
        Name = name;
        _type = Nullable.GetUnderlyingType(type) ?? type;
        _limits = [.. declared.GetCustomAttributes(typeof(ValidationAttribute), inherit: false).Cast<ValidationAttribute>()];
        Must = Sentence();
    }

    /// <summary>As callers write it.</summary>
    public string Name { get; }

    /// <summary>"limit must be a whole number from 1 to 1000"</summary>
    public string Must { get; }

    public static InputRule Of(ParameterInfo parameter) => new(parameter.Name!, parameter.ParameterType, parameter);

    public static InputRule Of(PropertyInfo property) => new(char.ToLowerInvariant(property.Name[0]) + property.Name[1..], property.PropertyType, property);

    /// <summary>A parameter of this type is one of the query or the path, and not a service or a body.</summary>
    public static bool IsText(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is var bare && (bare == typeof(string) || bare == typeof(int) || bare == typeof(bool) || bare == typeof(DateTimeOffset));

    /// <summary>As it stands in a query.</summary>
    public bool TakesText(string text)
    {
        if (_type == typeof(int))
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && Takes(number);
        if (_type == typeof(DateTimeOffset))
            return TryTime(text) is not null;
        return _type == typeof(bool) ? text is "true" or "false" : Takes(text);
    }

    /// <returns>A time as RFC 3339 has it; null for anything else.</returns>
    public static DateTimeOffset? TryTime(string text) =>
        Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;

    /// <summary>As it was read from a body.</summary>
    public bool Takes(object? value) => Array.TrueForAll(_limits, limit => limit.IsValid(value));

    private string Sentence()
    {
        if (_limits.OfType<AllowedValuesAttribute>().FirstOrDefault() is { } allowed)
            return $"{Name} must be one of {string.Join(", ", allowed.Values)}";
        if (_limits.OfType<RangeAttribute>().FirstOrDefault() is { } range)
            return $"{Name} must be a whole number from {range.Minimum} to {range.Maximum}";
        if (_limits.OfType<StringLengthAttribute>().FirstOrDefault() is { } length)
            return $"{Name} must be a text of {length.MinimumLength} to {length.MaximumLength} characters";
        if (_limits.OfType<WordListAttribute>().FirstOrDefault() is { } words)
            return $"{Name} must be {words.Must}";
        if (_type == typeof(DateTimeOffset))
            return $"{Name} must be a time as RFC 3339 has it, like 2026-11-01T00:00:00Z or 2026-11-01T00:00:00%2B01:00";
        return $"{Name} must be {(_type == typeof(bool) ? "true or false" : _type == typeof(int) ? "a whole number" : "a text")}";
    }

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,7})?([Zz]|[+-][0-9]{2}:[0-9]{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();
}
