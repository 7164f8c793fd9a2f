using Conference.Actors.Serialization;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Domains;

/// <summary>What operators can do to a domain. May be asked again.</summary>
public static class DomainCommands
{
    /// <summary>Make it, or give it other rules. -> <see cref="DomainAnswer"/></summary>
    [MessagePackObject]
    public sealed record Put(
        [property: Key(0)] Domain Domain, [property: Key(1)] DomainRules Rules, [property: Key(2)] CommandId Command) : IDomainMessage;

    /// <summary>
    /// Remove it with all that is in it. From the answer on it is served no more; its sessions end, its rooms close, its accounts and kept rooms go after
    /// that, by and by. -> <see cref="DomainAnswer"/>
    /// </summary>
    [MessagePackObject]
    public sealed record Remove([property: Key(0)] Domain Domain, [property: Key(1)] CommandId Command) : IDomainMessage;
}

/// <summary>What can be asked of a domain.</summary>
public static class DomainQueries
{
    /// <summary>How it stands. One that was being removed when its node died goes on with that. -> <see cref="DomainRecord"/></summary>
    [MessagePackObject]
    public sealed record Read([property: Key(0)] Domain Domain) : IDomainMessage;
}

/// <summary>What became of an operator's command.</summary>
/// <param name="Change">What was done.</param>
/// <param name="Version">After the event of this number, nodes know of it.</param>
[MessagePackObject]
public sealed record DomainAnswer([property: Key(0)] DomainChange Change, [property: Key(1)] long Version) : IWireMessage;

/// <summary>The numbers are stored.</summary>
public enum DomainChange
{
    Made = 1,

    /// <summary>It was there, and has these rules now.</summary>
    Changed = 2,

    Removed = 3,

    /// <summary>There is no such domain.</summary>
    NotFound = 4,

    /// <summary>Its removal is under way.</summary>
    IsBeingRemoved = 5,
}

/// <summary>A message for a domain's actor, wherever that is.</summary>
public interface IDomainMessage : IEntityMessage
{
    Domain Domain { get; }

    string IEntityMessage.EntityId => EntityIds.Of(Domain);
}
