namespace Conference.Protocol.Commands;

/// <summary>The verbs, and <see cref="Unknown"/> for lines that hold none.</summary>
public enum Verb
{
    Unknown,
    Helo,
    Stat,
    Conn,
    Dcon,
    Getp,
    Setp,
    Send,
    Quit,
    Feat,
    Noop,
    List,
    Auth,
    Stls,
}
