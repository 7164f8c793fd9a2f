using Conference.Protocol;

namespace Conference.Client.Calls;

/// <summary>What the user of a call wants while it goes on.</summary>
public abstract record CallWish
{
    private CallWish() { }

    /// <summary>Say this to the room.</summary>
    public sealed record Say(string Text) : CallWish;

    /// <summary>Send nothing of this service any more, or again.</summary>
    public sealed record ToggleMute(Service Service) : CallWish;

    public sealed record Leave : CallWish;
}
