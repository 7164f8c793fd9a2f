using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;
using FsCheck;
using FsCheck.Fluent;

namespace Conference.Protocol.Tests.Session;

public sealed class SessionMachineProperties
{
    private static readonly string[] _lines =
    [
        "HELO joe@127.0.0.1", "HELO amy@[::1]", "HELO joe@192.0.2.99", "HELO j!@localhost", "HELO", "STAT joe@127.0.0.1", "STAT joe@127.0.0.1 away",
        "STAT joe@127.0.0.1 hidden", "STAT amy@127.0.0.1 busy", "CONN video joe@127.0.0.1", "CONN audio joe@127.0.0.1", "CONN video standup@127.0.0.1",
        "CONN chat joe@127.0.0.1", "CONN video joe@192.0.2.99", "CONN video", "DCON video joe@127.0.0.1", "DCON audio joe@127.0.0.1", "DCON chat joe@127.0.0.1",
        "DCON video", "GETP video rate", "GETP session events", "GETP video colour", "SETP video rate 10", "SETP video rate 0", "SETP video select joe",
        "SETP session events on", "SETP session events off", "SETP chat sender on", "SETP session ports udp", "SETP chat rate 3", "SETP session roam on", "SETP session roam off", "GETP session roam", "SEND chat Hello",
        "SEND", "LIST standup@127.0.0.1", "LIST standup@192.0.2.99", "AUTH ANONYMOUS joe", "AUTH ANONYMOUS guest-1", "AUTH PLAIN x", "AUTH PLAIN AGpvZQB4", "AUTH BEARER a.b.c", "STLS", "FEAT", "NOOP",
        "bogus", "", "QUIT now",
    ];

    private static readonly SessionNotice[] _notices =
    [
        new SessionNotice.Joined(Name.Parse("amy")), new SessionNotice.Left(Name.Parse("amy")), new SessionNotice.Spoke(Name.Parse("amy")),
        new SessionNotice.Called(Service.Video, Name.Parse("amy")), new SessionNotice.PutOut(Name.Parse("joe"), IsClosing: false),
        new SessionNotice.TokenShown("c0ffee0123456789"), new SessionNotice.PutOut(Name.Parse("amy"), IsClosing: true), new SessionNotice.Muted(Name.Parse("joe"), Name.Parse("joe"), IsMuted: true),
        new SessionNotice.Said(Name.Parse("amy"), Service.Chat, "Hello"), new SessionNotice.Said(Name.Parse("amy"), Service.Chat, "Hello", Name.Parse("joe")),
    ];

    [Fact]
    public void Any_commands_outcomes_and_notices_give_exactly_one_answer_per_command_in_order() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Converse(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true));

    private static void Converse(Random random)
    {
        var machine = new SessionMachine(new SessionPolicy(new ServedHosts([], []), random.Next(4) == 0), Name.Guest(1), "127.0.0.1",
            new LinkSecurity(random.Next(2) == 0, false, false));
        var said = new List<Verb>();
        var answered = new List<Verb>();
        SessionRequest? outstanding = null;
        bool closed = false;

        for (int i = random.Next(200); i > 0; i--)
        {
            switch (random.Next(outstanding is null ? 4 : 8))
            {
                case 0:
                    machine.Notify(_notices[random.Next(_notices.Length)]);
                    break;
                case < 4:
                    Say(random.Next(60) == 0 ? "QUIT" : _lines[random.Next(_lines.Length)]);
                    break;
                default:
                    Complete();
                    break;
            }

            Drain();
        }

        while (outstanding is not null && !closed)
        {
            Complete();
            Drain();
        }

        Assert.Equal(machine.IsClosed, closed);
        Assert.Equal(closed ? said.Take(answered.Count) : said, answered);

        void Say(string line)
        {
            var command = CommandParser.Parse(line);
            said.Add(command.Verb);
            machine.Receive(command);
        }

        void Complete()
        {
            var outcome = Outcome(outstanding!, random);
            outstanding = null;
            machine.Complete(outcome);
        }

        void Drain()
        {
            int lines = 0;
            int lastCode = 0;
            while (machine.TryTake(out var output))
            {
                Assert.False(closed, "nothing comes after the close");
                switch (output)
                {
                    case SessionOutput.Line { Unasked: false } line:
                        lines++;
                        lastCode = line.Reply.Code;
                        break;
                    case SessionOutput.Answered answer:
                        answered.Add(answer.Verb);
                        Assert.True(answer.Verb is Verb.Quit || answer.Code == lastCode);
                        Assert.True(answer.Verb is Verb.List || lines == (answer.Verb == Verb.Quit && answer.Code == 421 || answer.Code == 0 ? 0 : 1));
                        lines = lastCode = 0;
                        break;
                    case SessionOutput.Ask ask:
                        Assert.Null(outstanding);
                        outstanding = ask.Request;
                        break;
                    case SessionOutput.Close:
                        Assert.Equal(421, lastCode);
                        closed = true;
                        break;
                }
            }
        }
    }

    /// <summary>Any outcome a request may have; "try again" is one of every request's.</summary>
    private static SessionOutcome Outcome(SessionRequest request, Random random)
    {
        if (random.Next(4) == 0)
            return SessionOutcome.Refused.TryAgain;
        return request switch
        {
            SessionRequest.Find => random.Next(2) == 0 ? new SessionOutcome.Found() : new SessionOutcome.NotFound(),
            SessionRequest.ReadStatus => random.Next(2) == 0 ? new SessionOutcome.StatusIs((UserStatus)random.Next(4)) : new SessionOutcome.NotFound(),
            SessionRequest.SetStatus set => new SessionOutcome.StatusIs(set.Status),
            SessionRequest.Connect => new SessionOutcome.Connected(random.Next(11000, 20000)),
            SessionRequest.ListMembers => new SessionOutcome.Members([.. Enumerable.Repeat(new Member(Name.Parse("amy"), [Service.Video]), random.Next(3))]),
            SessionRequest.ReadRate => new SessionOutcome.Reading(random.Next(2) == 0 ? null : 10),
            SessionRequest.SignInAnonymous signIn => new SessionOutcome.SignedIn(signIn.Name),
            SessionRequest.SignInPassword signIn => new SessionOutcome.SignedIn(signIn.Name),
            SessionRequest.SignInBearer when random.Next(2) == 0 => new SessionOutcome.NotSignedIn(SignInVerdict.TokenExpired),
            SessionRequest.SignInBearer => new SessionOutcome.SignedIn(Name.Parse("joe"), new SessionGrants([Name.Parse("joe")], random.Next(2) == 0, null)),
            SessionRequest.Roam roam => new SessionOutcome.Roaming(roam.IsOn ? "f2a9d0c4471e6b38" : null),
            _ => new SessionOutcome.Done(),
        };
    }
}
