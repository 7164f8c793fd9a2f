namespace Conference.Client.Connections;

/// <summary>What a datagram begins with that makes its sender a port's client: sixteen hexadecimal digits in lines, eight bytes on the wire.</summary>
internal static class RoamToken
{
    private const int Digits = 16;

    /// <returns>Null for anything else.</returns>
    public static byte[]? Parse(string text) =>
        text.Length == Digits && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
}
