namespace Conference.Actors.Runtime.Execution;

internal sealed partial class ActorCell
{
    private ChildrenContainer? _children;

    public IActorRef ActorOf(Props props, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (name is not null)
            ActorPath.Validate(name);
        if (_state >= CellState.Terminating)
            throw new InvalidOperationException($"{Path} is stopping and can have no new children");
        if (_children is null)
            Volatile.Write(ref _children, new ChildrenContainer());
        var child = _children!.Add(this, props, name);
        child.SendSystem(new Create());
        return child;
    }

    public void Stop(IActorRef actor)
    {
        if (actor is ActorCell child && child._parent == this)
            _children?.MarkStopping(child);
        IInternalActorRef.Of(actor).SendSystem(new Terminate());
    }

    public IActorRef Child(string name) => _children?.Find(name) ?? ActorRefs.Nobody;

    public IReadOnlyCollection<IActorRef> GetChildren() => ChildCells();

    /// <summary>From any thread: statistics walk the tree.</summary>
    internal ActorCell[] ChildCells() => Volatile.Read(ref _children)?.Snapshot() ?? [];

    internal RestartStatistics RestartsOf(ActorCell child) => _children!.RestartsOf(child, System.TimeProvider);
}
