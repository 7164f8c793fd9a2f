namespace Conference.Actors.Runtime;

/// <summary>An actor that wants a stash. Set by the kernel before the actor's own constructor runs.</summary>
public interface IWithStash
{
    IStash Stash { get; set; }
}
