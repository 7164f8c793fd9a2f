using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace Conference.Client.Commands;

/// <summary>The pieces several commands share.</summary>
internal static class Arguments
{
    public static Option<int> Port() => Whole("--port", "TCP port where the address names none", QcvcAddress.DefaultPort, 1, 65535);

    public static Option<int> Whole(string name, string description, int standard, int least, int most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        HelpName = "number",
        CustomParser = r => Within(
            r, name, int.TryParse(r.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number), number, least, most, "a whole number"),
    };

    public static Option<double> Number(string name, string description, double standard, double least, double most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        HelpName = "number",
        CustomParser = r => Within(r, name, TryNumber(r.Tokens[0].Value, out double number), number, least, most, "a number"),
    };

    public static Option<double?> OptionalNumber(string name, string description, double least, double most) => new(name)
    {
        Description = description,
        HelpName = "number",
        CustomParser = r => Within(r, name, TryNumber(r.Tokens[0].Value, out double number), number, least, most, "a number"),
    };

    /// <summary>One of some words, the first of them if none is said.</summary>
    public static Option<string> Choice(string name, string description, params string[] choices) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => choices[0],
        HelpName = string.Join('|', choices),
        CustomParser = r => choices.Contains(r.Tokens[0].Value) ? r.Tokens[0].Value : Refuse<string>(r, $"{name} must be {string.Join(" or ", choices)}"),
    };

    public static Option<IPAddress?> Bind() => new("--bind")
    {
        Description = "local address for TCP and media",
        HelpName = "address",
        CustomParser = ReadAddress,
    };

    /// <summary>One that is written out: 127.1 is none, and 999 even less.</summary>
    public static IPAddress? ReadAddress(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        bool isWhole = text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3;
        return Parse<IPAddress?>(result, IPAddress.TryParse(text, out var address) && isWhole, address, "is no IP address");
    }

    public static Option<bool> Json(string what) => new("--json") { Description = $"print {what} as one JSON object" };

    public static Argument<string> Address(string name, string description) => new(name) { Description = description };

    private static T Within<T>(ArgumentResult result, string name, bool isNumber, T value, T least, T most, string kind)
        where T : IComparable<T> =>
        isNumber && value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0
            ? value
            : Refuse<T>(result, string.Create(CultureInfo.InvariantCulture, $"{name} must be {kind} from {least} to {most}"));

    private static T Refuse<T>(ArgumentResult result, string why)
    {
        result.AddError(why);
        return default!;
    }

    /// <summary>A custom parser's answer: the value, or one sentence about the token.</summary>
    public static T Parse<T>(ArgumentResult result, bool legal, T value, string otherwise)
    {
        return legal ? value : Refuse<T>(result, $"{Printable.Of(result.Tokens[0].Value, 200)} {otherwise}");
    }

    public static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    /// <exception cref="UsageException">It is no address.</exception>
    public static QcvcAddress ReadAddress(ParseResult result, Argument<string> argument, Option<int> port, bool needsName)
    {
        string text = result.GetValue(argument)!;
        if (QcvcAddress.TryParse(text, result.GetValue(port), needsName, out var address))
            return address;
        string forms = needsName ? "name@host or name@host:port" : "host, host:port or name@host";
        throw new UsageException($"'{Printable.Of(text, 200)}' is no address: {forms}");
    }
}
