using Conference.Protocol.Addresses;
using Conference.Protocol.Framing;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Protocol.Commands;

/// <summary>One line a client said, understood as far as its form goes; whether it may be done is the session machine's to say.</summary>
public abstract record Command(Verb Verb)
{
    /// <summary><c>HELO joe@host</c>: is joe here?</summary>
    public sealed record Helo(Target Who) : Command(Verb.Helo);

    /// <summary><c>STAT joe@host</c> asks for a status, <c>STAT joe@host away</c> sets one's own.</summary>
    public sealed record Stat(Target Who, UserStatus? Set) : Command(Verb.Stat);

    /// <summary><c>CONN video joe@host</c>: a UDP port into joe's room.</summary>
    public sealed record Conn(Service Service, Target Who) : Command(Verb.Conn);

    /// <summary><c>DCON video joe@host</c></summary>
    public sealed record Dcon(Service Service, Target Who) : Command(Verb.Dcon);

    /// <summary><c>GETP video rate</c></summary>
    public sealed record Getp(Service Service, string Parameter) : Command(Verb.Getp);

    /// <summary><c>SETP video rate 10</c>; of a room the value is everything behind the parameter, <c>SETP room title Weekly standup</c></summary>
    public sealed record Setp(Service Service, string Parameter, string Value) : Command(Verb.Setp)
    {
        // It may be a password, or words.
        public override string ToString() => $"Setp {{ Service = {Service}, Parameter = {Parameter} }}";
    }

    /// <summary><c>SEND chat Hello Joe!</c>: the text is everything behind one space, as it is.</summary>
    public sealed record Send(Service Service, string Text) : Command(Verb.Send)
    {
        // What people say never reaches a log.
        public override string ToString() => $"Send {{ Service = {Service} }}";
    }

    /// <summary><c>QUIT</c></summary>
    public sealed record Quit() : Command(Verb.Quit);

    /// <summary><c>FEAT</c>: which supplementary commands are understood.</summary>
    public sealed record Feat() : Command(Verb.Feat);

    /// <summary><c>NOOP</c></summary>
    public sealed record Noop() : Command(Verb.Noop);

    /// <summary><c>LIST standup@host</c>: who is in a room.</summary>
    public sealed record List(Target Room) : Command(Verb.List);

    /// <summary><c>AUTH ANONYMOUS joe</c>, <c>AUTH PLAIN &lt;base64&gt;</c>, <c>AUTH BEARER &lt;jwt&gt;</c></summary>
    public sealed record Auth(AuthMechanism Mechanism, string Credential) : Command(Verb.Auth)
    {
        // A credential never reaches a log, not even by a record's own ToString.
        public override string ToString() => $"Auth {{ Mechanism = {Mechanism} }}";
    }

    /// <summary><c>STLS</c>: TLS on this connection from here on.</summary>
    public sealed record Stls() : Command(Verb.Stls);

    /// <summary>A line, or bytes, of another protocol: who speaks that has come to the wrong port.</summary>
    public sealed record Foreign(ForeignProtocol Protocol) : Command(Verb.Unknown);

    /// <summary>A command of a client that says too many of its kind: it is answered in its turn, and not carried out.</summary>
    public sealed record Excess(Command What) : Command(What.Verb);

    /// <summary>
    /// Not said by a client: the node has agreed with a browser on the layers it sends. In force like those of <c>SETP</c>, in its turn among the client's
    /// commands, and not answered.
    /// </summary>
    public sealed record Negotiated(Service Service, SimulcastLayers Layers) : Command(Verb.Setp);

    /// <summary>Not said by a client: what it waits for in a lobby may be had now, and is asked for again in its turn.</summary>
    public sealed record Admitted(Service Service, Name Room) : Command(Verb.Conn);

    /// <summary>A line that is no command; <paramref name="Answer"/> says why.</summary>
    public sealed record Bad(Verb Verb, Reply Answer) : Command(Verb);
}

public enum AuthMechanism
{
    Anonymous,
    Plain,
    Bearer,

    /// <summary>Go on with a session whose connection is lost.</summary>
    Resume,
}
