using System.Collections.Immutable;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Domains;

/// <summary>What is stored of a domain.</summary>
public abstract record DomainEvent
{
    private DomainEvent()
    {
    }

    /// <summary>It is there, with these rules; again, with others.</summary>
    [MessagePackObject]
    public sealed record DomainPut([property: Key(0)] DomainRules Rules, [property: Key(1)] CommandId Command) : DomainEvent;

    /// <summary>It is served no more, and what is in it goes.</summary>
    [MessagePackObject]
    public sealed record RemovalBegan([property: Key(0)] CommandId Command) : DomainEvent;

    /// <summary>Nothing of it is left but call records: its name is anybody's.</summary>
    [MessagePackObject]
    public sealed record DomainRemoved : DomainEvent;
}

/// <summary>What a domain's events come to.</summary>
/// <param name="Standing">Whether it is there.</param>
/// <param name="Rules">What holds in it.</param>
/// <param name="Answers">What was done by the latest commands, the oldest first.</param>
[MessagePackObject]
public sealed record DomainSnapshot(
    [property: Key(0)] DomainStanding Standing, [property: Key(1)] DomainRules Rules, [property: Key(2)] ImmutableArray<AnsweredDomain> Answers);

[MessagePackObject]
public sealed record AnsweredDomain([property: Key(0)] CommandId Command, [property: Key(1)] DomainChange Change);
