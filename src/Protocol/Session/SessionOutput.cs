using System.Collections.Immutable;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Replies;

namespace Conference.Protocol.Session;

/// <summary>What the session machine wants done, in order.</summary>
public abstract record SessionOutput
{
    private SessionOutput() { }

    /// <summary>Write this line. An unasked one may be dropped when the client does not read; an answer never.</summary>
    public sealed record Line(Reply Reply, bool Unasked = false) : SessionOutput;

    /// <summary>Find this out and call <see cref="SessionMachine.Complete"/>.</summary>
    public sealed record Ask(SessionRequest Request) : SessionOutput;

    /// <summary>Tell it to these rooms; where there are none, to <paramref name="Alternative"/>. Nobody waits for anything.</summary>
    public sealed record Say(Service Service, string Text, ImmutableArray<Name> Rooms, Name? Alternative) : SessionOutput
    {
        public override string ToString() => $"Say {{ Service = {Service} }}";
    }

    /// <summary>A command is answered in full. <paramref name="Code"/> is its (last) reply's code, 0 for SEND's silence.</summary>
    public sealed record Answered(Verb Verb, int Code) : SessionOutput;

    /// <summary>To be counted: somebody tried to sign in, and what came of it.</summary>
    public sealed record TriedToSignIn(AuthMechanism Mechanism, SignInVerdict Verdict) : SessionOutput;

    /// <summary>
    /// Throw away whatever the client has sent so far, then write this reply, then begin TLS with a new session. This session is over:
    /// only its <see cref="Answered"/> follows.
    /// </summary>
    public sealed record StartTls(Reply Reply) : SessionOutput;

    /// <summary>Close the connection once every line before this is written.</summary>
    public sealed record Close : SessionOutput;
}
