using System.Globalization;

namespace Conference.Node.Web.Sdp;

/// <summary>The smallest parts of SDP.</summary>
internal static class SdpText
{
    /// <summary>Digits and nothing else.</summary>
    public static bool TryReadNumber(ReadOnlySpan<char> text, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;

    /// <summary>A name that is repeated in an answer (RFC 8866's token, but for what means something in a list of names).</summary>
    public static bool IsName(ReadOnlySpan<char> text) => text.Length is >= 1 and <= 255 && !text.ContainsAnyExcept(_name);

    private static readonly System.Buffers.SearchValues<char> _name =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+{}!#$%&'*^`|");
}
