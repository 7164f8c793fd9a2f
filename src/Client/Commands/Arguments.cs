using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace Conference.Client.Commands;

/// <summary>The pieces several commands share.</summary>
internal static class Arguments
{
    public static Option<int> Port() => new("--port")
    {
        Description = "TCP port where the address names none",
        DefaultValueFactory = _ => QcvcAddress.DefaultPort,
        HelpName = "port",
    };

    public static Option<IPAddress?> Bind() => new("--bind")
    {
        Description = "local address for TCP and media",
        HelpName = "address",
        CustomParser = result => Parse<IPAddress?>(result, IPAddress.TryParse(result.Tokens[0].Value, out var address), address, "is no IP address"),
    };

    public static Option<bool> Json(string what) => new("--json") { Description = $"print {what} as one JSON object" };

    public static Argument<string> Address(string name, string description) => new(name) { Description = description };

    /// <summary>A custom parser's answer: the value, or one sentence about the token.</summary>
    public static T Parse<T>(ArgumentResult result, bool legal, T value, string otherwise)
    {
        if (legal)
            return value;
        result.AddError($"{result.Tokens[0].Value} {otherwise}");
        return default!;
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
