namespace Conference.Protocol.Session;

/// <summary>What a session asked to be told beyond the 2002 document (<c>SETP session events on</c>). All off until asked for.</summary>
/// <param name="Events">Room events as 1xx lines.</param>
/// <param name="Sender">Chat lines name who said them.</param>
/// <param name="PortsWithTransport">303 says <c>udp/11000</c>.</param>
public sealed record SessionOptions(bool Events, bool Sender, bool PortsWithTransport)
{
    /// <summary>LIST tells what members send, as 212 lines.</summary>
    public bool Details { get; init; }

    /// <summary>The option of <see cref="Service.Session"/> that is a token when it is on, and is kept where tokens are made.</summary>
    public const string Roam = "roam";

    /// <summary>As <see cref="Roam"/>: by that token the session is found again when its connection is lost.</summary>
    public const string Resume = "resume";

    /// <summary>The session records the rooms it is in, and the others there are told so.</summary>
    public bool Recording { get; init; }

    /// <summary>The option that <see cref="Recording"/> is, of <see cref="Service.Session"/>: the only one that concerns others.</summary>
    public const string RecordingName = "recording";

    public static SessionOptions Default { get; } = new(false, false, false);

    /// <returns>Null when there is no such option of that service.</returns>
    public string? Get(Service service, string parameter)
    {
        if (service == Service.Session && parameter == "events")
            return OnOff.ToText(Events);
        if (service == Service.Session && parameter == "details")
            return OnOff.ToText(Details);
        if (service == Service.Session && parameter == "ports")
            return PortsWithTransport ? "udp" : "plain";
        if (service == Service.Session && parameter == RecordingName)
            return OnOff.ToText(Recording);
        if (service == Service.Chat && parameter == "sender")
            return OnOff.ToText(Sender);
        return null;
    }

    /// <returns>Null when the value cannot be.</returns>
    public SessionOptions? With(string parameter, string value) => (parameter, value.ToLowerInvariant()) switch
    {
        ("events", "on" or "off") => this with { Events = OnOff.Parse(value) is true },
        ("details", "on" or "off") => this with { Details = OnOff.Parse(value) is true },
        (RecordingName, "on" or "off") => this with { Recording = OnOff.Parse(value) is true },
        ("sender", "on" or "off") => this with { Sender = OnOff.Parse(value) is true },
        ("ports", "udp" or "plain") => this with { PortsWithTransport = value.Equals("udp", StringComparison.OrdinalIgnoreCase) },
        _ => null,
    };
}
