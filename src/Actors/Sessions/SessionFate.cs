using Conference.Actors.Calls;

namespace Conference.Actors.Sessions;

/// <summary>
/// How a session ends, for the records of its calls. The session writes it before it stops; its ports, which stop with it and have no
/// time for a message, read it then.
/// </summary>
public sealed class SessionFate
{
    private volatile CallEnd _end = CallEnd.Lost;

    /// <summary>Until something else is known: the connection was lost.</summary>
    public CallEnd End
    {
        get => _end;
        set => _end = value;
    }
}
