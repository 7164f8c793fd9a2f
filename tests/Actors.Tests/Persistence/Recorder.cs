using Conference.Actors.Persistence;
using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Persistence;

/// <summary>Its state is all its events, in order. Commands: see the handlers.</summary>
internal sealed class Recorder : ReceivePersistentActor
{
    private readonly List<string> _state = [];

    public Recorder(string id, Action<Recorder>? configure = null)
    {
        PersistenceId = new PersistenceId(id);
        Recover<SnapshotOffer>(offer => _state.AddRange(((string)offer.Snapshot).Split(',')));
        Recover<string>(_state.Add);
        Recover<RecoveryCompleted>(completed => OnRecovered?.Invoke(this));
        Command<Add>(add =>
        {
            foreach (string text in add.Texts)
                Persist(text, Added);
        });
        Command<AddAll>(add => PersistAll(add.Texts, Added));
        Command<Nested>(nested => Persist(nested.Text, text =>
        {
            Added(text);
            Persist(text + "'", Added);
        }));
        Command<Later>(later =>
        {
            Persist(later.Text, Added);
            DeferAsync("deferred", text => Sender.Tell(text));
        });
        CommandAsync<AddAfter>(async add =>
        {
            await add.Task;
            Persist(add.Text, Added);
        });
        Command<Get>(_ => Sender.Tell(string.Join(',', _state)));
        Command<Where>(_ => Sender.Tell((LastSequenceNr, SnapshotSequenceNr, IsRecovering)));
        Command<Save>(_ => SaveSnapshot(string.Join(',', _state)));
        Command<SaveSnapshotSuccess>(success => Saved?.Invoke(success));
        Command<Switch>(_ => Become(() => Command<Get>(_ => Sender.Tell("switched"))));
        Command<Exception>(exception => throw exception);
        configure?.Invoke(this);
    }

    public override PersistenceId PersistenceId { get; }

    public Action<Recorder>? OnRecovered { get; set; }

    public Action<object>? Saved { get; set; }

    public ShardFence? FenceToUse { get; set; }

    protected override ShardFence? Fence => FenceToUse;

    public void PersistNow(string text) => Persist(text, Added);

    private void Added(string text)
    {
        _state.Add(text);
        Sender.Tell($"{LastSequenceNr}:{text}");
    }

    public sealed record Add(params string[] Texts);

    public sealed record AddAll(params string[] Texts);

    public sealed record Nested(string Text);

    public sealed record Later(string Text);

    public sealed record AddAfter(Task Task, string Text);

    public sealed record Get;

    public sealed record Where;

    public sealed record Save;

    public sealed record Switch;
}
