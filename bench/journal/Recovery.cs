using System.Diagnostics;
using Conference.Actors.Persistence;
using Conference.Actors.Persistence.Serialization;
using Conference.Actors.Presence;
using Conference.Actors.Runtime;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Bench.Journal;

/// <summary>From starting the actor of a user with 10,000 events to its first answer.</summary>
internal static class Recovery
{
    private const int Events = 10_000;

    /// <param name="journal">Where.</param>
    /// <param name="name">A user that has no events yet.</param>
    /// <param name="snapshotAt">After which event its snapshot was taken; 0 for none.</param>
    /// <param name="times">How often.</param>
    /// <returns>Milliseconds, in order.</returns>
    internal static async Task<double[]> RunAsync(IJournal journal, string name, int snapshotAt, int times)
    {
        var id = PersistenceId.User(Name.Parse(name));
        var serializer = ConferenceSerializer.Instance;
        var events = Enumerable.Range(0, Events)
            .Select(i => serializer.SerializeEvent(i == 0 ? new UserEvent.AccountCreated(new string('x', 90)) : new UserEvent.StatusSet((UserStatus)(i % 3))))
            .ToArray();
        for (int i = 0; i < Events; i += 1000)
            await journal.AppendAsync(new JournalWrite { PersistenceId = id, FirstSequenceNr = i + 1, Events = events[i..(i + 1000)] });
        if (snapshotAt > 0)
        {
            var snapshot = serializer.SerializeSnapshot(new UserSnapshot(new string('x', 90), UserStatus.Online));
            await journal.SaveSnapshotAsync(id, new JournalRow(snapshotAt, snapshot), 2);
        }
        var system = ActorSystem.Create("bench");
        PersistenceExtension.Configure(system, new PersistenceOptions { Journal = journal, Serializer = serializer });
        var taken = new List<double>();
        for (int i = 0; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            var user = system.ActorOf(Props.Create(() => new User(id)));
            long last = await user.Ask<long>("last", TimeSpan.FromSeconds(10));
            taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (last != Events)
                throw new InvalidOperationException($"recovered {last} events");
            await user.GracefulStop(TimeSpan.FromSeconds(5));
        }
        await system.TerminateAsync();
        return [.. taken.Order()];
    }

    private sealed class User : ReceivePersistentActor
    {
        private UserStatus _status;
        private bool _hasAccount;

        public User(PersistenceId id)
        {
            PersistenceId = id;
            Recover<SnapshotOffer>(offer => (_hasAccount, _status) = (true, ((UserSnapshot)offer.Snapshot).Status));
            Recover<UserEvent.AccountCreated>(_ => _hasAccount = true);
            Recover<UserEvent.StatusSet>(set => _status = set.Status);
            Command<string>(_ => Sender.Tell(_hasAccount && _status <= UserStatus.Hidden ? LastSequenceNr : 0));
        }

        public override PersistenceId PersistenceId { get; }
    }
}
