using Akka.Actor;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Entities;

/// <summary>
/// The smallest entity there can be: keeps what is written into it. It borrows a stored event of users, since only what has a manifest is stored.
/// </summary>
internal sealed class Diary : EntityActor
{
    private readonly Name _name;
    private readonly List<string> _lines = [];
    private bool _isAwake;
    private bool _isBusy;

    public Diary(Name name, EntityContext entity, IActorRef region)
        : base(entity)
    {
        (_name, Region) = (name, region);
        Command<Write>(write => Unless(_isBusy, () =>
        {
            var news = write.Lines.Except(_lines).Select(l => new UserEvent.PasswordChanged(l, CommandId.New())).ToArray();
            Store(news, () => Sender.Tell(Text));
        }));
        Command<WriteThenFail>(write => Store(new UserEvent.PasswordChanged(write.Line, CommandId.New()), () => throw new InvalidOperationException("a bug")));
        Command<Fail>(_ => throw new InvalidOperationException("a bug"));
        Command<Read>(_ => Unless(_isBusy, () => Sender.Tell(Text)));
        Command<Who>(_ => Sender.Tell(new Me(Self)));
        Command<Stay>(stay => _isAwake = stay.Awake);
        Command<BeBusy>(busy =>
        {
            _isBusy = busy.Busy;
            if (!_isBusy)
                TakeUp();
        });
    }

    public override string PersistenceId => IdOf(_name);

    protected override bool IsIdle => !_isAwake && !_isBusy;

    protected override IActorRef Region { get; }

    protected override string Tag => "user";

    private string Text => string.Join(',', _lines);

    public static string IdOf(Name name) => $"diary/{EntityIds.Of(name)}";

    public static Props Props(Name name, EntityContext entity, IActorRef region) =>
        global::Akka.Actor.Props.Create(() => new Diary(name, entity, region));

    protected override void Apply(object happened) => _lines.Add(((UserEvent.PasswordChanged)happened).PasswordHash);

    protected override void Recover(object snapshot) => _lines.AddRange(((UserSnapshot)snapshot).PasswordHash!.Split(','));

    protected override object Snapshot() => new UserSnapshot(Text, UserStatus.Online, [], []);

    private void Unless(bool isBusy, Action handle)
    {
        if (isBusy)
            PutAside();
        else
            handle();
    }

    /// <summary>Where there is no sharding: everything is told to the actor itself.</summary>
    internal interface IDiaryMessage : IEntityMessage
    {
        Name Name { get; }

        string IEntityMessage.EntityId => EntityIds.Of(Name);
    }

    /// <summary>-> all lines, once these are stored. Lines that are there are not written twice.</summary>
    internal sealed record Write(Name Name, params string[] Lines) : IDiaryMessage;

    internal sealed record WriteThenFail(Name Name, string Line) : IDiaryMessage;

    internal sealed record Fail(Name Name) : IDiaryMessage;

    /// <summary>-> all lines</summary>
    internal sealed record Read(Name Name) : IDiaryMessage;

    /// <summary>-> <see cref="Me"/></summary>
    internal sealed record Who(Name Name) : IDiaryMessage;

    internal sealed record Stay(Name Name, bool Awake) : IDiaryMessage;

    /// <summary>What is asked meanwhile is put aside.</summary>
    internal sealed record BeBusy(Name Name, bool Busy) : IDiaryMessage;

    internal sealed record Me(IActorRef Self);
}
