namespace Conference.Actors.Remoting;

/// <summary>The actors every node has, so that a reference to another node's can be made without asking. Numbers are the wire's: they never change.</summary>
public enum WellKnownActor
{
    /// <summary>The region of users.</summary>
    Users = 1,

    /// <summary>The region of rooms.</summary>
    Rooms = 2,

    /// <summary>The forwarders of the node's own members.</summary>
    Forwarders = 3,

    /// <summary>Who agrees with the other nodes on the keys of trunks.</summary>
    Trunks = 4,

    /// <summary>Who knows which users and rooms run there.</summary>
    Awake = 5,

    /// <summary>Who says how the node is, for consoles.</summary>
    Figures = 6,

    /// <summary>Who drains the node.</summary>
    Drain = 7,
}
