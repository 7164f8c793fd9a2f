namespace Conference.Node.Web.Sdp;

/// <summary>A codec of an m-line, under the payload type the browser gives it.</summary>
/// <param name="PayloadType">0 to 127, none of those that would be taken for RTCP.</param>
/// <param name="Name">As <c>a=rtpmap</c> has it.</param>
/// <param name="ClockRate">RTP ticks a second.</param>
/// <param name="Channels">1 where nothing is said.</param>
/// <param name="Parameters">The value of <c>a=fmtp</c>; empty where there is none.</param>
/// <param name="Feedback">The values of <c>a=rtcp-fb</c>.</param>
/// <param name="Rtx">The payload type of what is sent again; null where it cannot be.</param>
internal sealed record OfferedCodec(byte PayloadType, string Name, int ClockRate, int Channels, string Parameters, IReadOnlyList<string> Feedback, byte? Rtx)
{
    public bool Is(string name, int clockRate) => ClockRate == clockRate && Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    public string? Parameter(string name) => Parameter(Parameters, name);

    /// <summary>One of the parameters <c>name=value;name=value</c>; null where it is not there.</summary>
    public static string? Parameter(string parameters, string name)
    {
        foreach (Range range in parameters.AsSpan().Split(';'))
        {
            ReadOnlySpan<char> part = parameters.AsSpan(range).Trim();
            int equals = part.IndexOf('=');
            if (equals > 0 && part[..equals].Equals(name, StringComparison.OrdinalIgnoreCase))
                return part[(equals + 1)..].ToString();
        }

        return null;
    }
}
