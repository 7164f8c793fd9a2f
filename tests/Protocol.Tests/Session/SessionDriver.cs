using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

/// <summary>
/// A session machine with somebody to answer what it asks. What it puts out is told as text: a reply as its line, an
/// unasked line behind <c>* </c>, a question that nobody answers behind <c>ask </c>, a SEND behind <c>say </c>, and <c>close</c>.
/// </summary>
internal sealed class SessionDriver
{
    private readonly Func<SessionRequest, SessionOutcome?> _answers;
    private readonly List<Reply> _replies = [];
    private int _nextPort = 11000;

    /// <param name="answers">Null from it leaves the question out; without it, everybody is here and everything works.</param>
    /// <param name="authRequired">The node's rule for guests.</param>
    /// <param name="link">A clear connection from elsewhere where not given.</param>
    /// <param name="hosts">127.0.0.1 and its like where not given.</param>
    /// <param name="web">For a browser's session.</param>
    /// <param name="serverName">As the client told TLS.</param>
    public SessionDriver(Func<SessionRequest, SessionOutcome?>? answers = null, bool authRequired = false, IDomains? hosts = null,
        LinkSecurity link = default, WebToken? web = null, string? serverName = null)
    {
        _answers = answers ?? Yes;
        Machine = new SessionMachine(new SessionPolicy(hosts ?? new ServedHosts(["example.org"], []), authRequired), Name.Guest(7), "127.0.0.1", link, web, serverName);
    }

    public SessionMachine Machine { get; }

    /// <summary>Everything the machine asked, in order.</summary>
    public List<SessionRequest> Asked { get; } = [];

    /// <summary>The accounts of commands answered, in order.</summary>
    public List<SessionOutput.Answered> Answered { get; } = [];

    /// <summary>What was to be counted of AUTH, in order.</summary>
    public List<SignInVerdict> Tries { get; } = [];

    /// <summary>What another token comes to, where a test answers that.</summary>
    public SessionOutcome? NextRenewal { get; set; }

    public SessionOutput.Say? LastSay { get; private set; }

    /// <summary>A driver that answers nothing by itself.</summary>
    public static SessionDriver Silent() => new(_ => null);

    public static SessionDriver SignedIn(string name)
    {
        var session = new SessionDriver();
        session.Say($"AUTH ANONYMOUS {name}");
        return session;
    }

    /// <summary>Says all lines at once, then tells what came back.</summary>
    public List<string> Say(params string[] lines)
    {
        foreach (string line in lines)
            Machine.Receive(CommandParser.Parse(line));
        return Take();
    }

    public List<string> Complete(SessionOutcome outcome)
    {
        Machine.Complete(outcome);
        return Take();
    }

    public List<string> Notify(SessionNotice notice)
    {
        Machine.Notify(notice);
        return Take();
    }

    public List<Reply> Replies(params string[] lines)
    {
        Say(lines);
        var all = _replies.ToList();
        _replies.Clear();
        return all;
    }

    public List<Reply> TakeReplies()
    {
        _replies.Clear();
        Take();
        return [.. _replies];
    }

    public List<string> Take()
    {
        var told = new List<string>();
        while (Machine.TryTake(out var output))
        {
            switch (output)
            {
                case SessionOutput.Line line:
                    _replies.Add(line.Reply);
                    told.Add(line.Unasked ? $"* {line.Reply}" : line.Reply.ToString());
                    break;
                case SessionOutput.Ask ask:
                    Asked.Add(ask.Request);
                    if (_answers(ask.Request) is { } outcome)
                        Machine.Complete(outcome);
                    else
                        told.Add($"ask {ask.Request.GetType().Name}");
                    break;
                case SessionOutput.Say say:
                    LastSay = say;
                    told.Add($"say {say.Service} {say.Text}");
                    break;
                case SessionOutput.Answered answered:
                    Answered.Add(answered);
                    break;
                case SessionOutput.TriedToSignIn tried:
                    Tries.Add(tried.Verdict);
                    break;
                case SessionOutput.StartTls startTls:
                    _replies.Add(startTls.Reply);
                    told.Add($"{startTls.Reply}, then TLS");
                    break;
                case SessionOutput.Close:
                    told.Add("close");
                    break;
            }
        }

        return told;
    }

    public SessionOutcome Yes(SessionRequest request) => request switch
    {
        SessionRequest.Find => new SessionOutcome.Found(),
        SessionRequest.ReadStatus => new SessionOutcome.StatusIs(UserStatus.Online),
        SessionRequest.SetStatus set => new SessionOutcome.StatusIs(set.Status),
        SessionRequest.Connect => new SessionOutcome.Connected(_nextPort++),
        SessionRequest.ReadRate => new SessionOutcome.Reading(7.5),
        SessionRequest.ListMembers => new SessionOutcome.Members([]),
        SessionRequest.SignInAnonymous signIn => new SessionOutcome.SignedIn(signIn.Name),
        SessionRequest.SignInPassword signIn => new SessionOutcome.SignedIn(signIn.Name),
        SessionRequest.SignInBearer => new SessionOutcome.SignedIn(Name.Parse("joe")),
        SessionRequest.Roam roam => new SessionOutcome.Roaming(roam.IsOn ? "f2a9d0c4471e6b38" : null),
        _ => new SessionOutcome.Done(),
    };
}
