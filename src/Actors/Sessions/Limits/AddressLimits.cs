using System.Net;
using Conference.Protocol.Commands;

namespace Conference.Actors.Sessions.Limits;

/// <summary>
/// Holds this node's clients to <see cref="ClientLimits"/>. What an address has used is remembered until its buckets are full again, so that nothing is won by coming
/// back. Safe from any thread.
/// </summary>
public sealed class AddressLimits(ClientLimits limits, TimeProvider time, int capacity = 65_536)
{
    private readonly TimeSpan _memory = limits.Address.LongestRefill;
    private readonly Lock _gate = new();

    // Both are guarded by _gate.
    private readonly Dictionary<AddressBlock, Use> _uses = [];

    /// <summary>Addresses without a session, in the order in which the last one ended.</summary>
    private readonly LinkedList<(AddressBlock Address, TimeSpan Since)> _quiet = new();

    /// <summary>Addresses that have a session, or have had one of late.</summary>
    public int Remembered
    {
        get
        {
            lock (_gate)
                return _uses.Count;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>A client has connected. Say <see cref="Leave"/> when it is gone, unless this says no.</summary>
    /// <returns>False where its address has all the sessions it may have.</returns>
    public bool TryEnter(IPAddress client)
    {
        var address = AddressBlock.Of(client);
        lock (_gate)
        {
            ForgetTheQuiet();
            var use = UseOf(address);
            if (use.Sessions >= limits.AddressSessions)
                return false;
            use.Sessions++;
            if (use.Quiet is { } quiet)
                _quiet.Remove(quiet);
            use.Quiet = null;
            return true;
        }
    }

    public void Leave(IPAddress client)
    {
        var address = AddressBlock.Of(client);
        lock (_gate)
        {
            if (_uses.TryGetValue(address, out var use) && --use.Sessions == 0)
                use.Quiet = _quiet.AddLast((address, Now));
            ForgetTheQuiet();
        }
    }

    /// <summary>The limits of one session of this address.</summary>
    public SessionLimits OfSession(IPAddress client) => new(this, AddressBlock.Of(client), limits.Session);

    /// <returns>Whose limit refuses this command; null where it may be carried out.</returns>
    internal LimitScope? Refusal(Verb verb, AddressBlock address, CommandBuckets ofSession)
    {
        var now = Now;
        if (!ofSession.TryTake(verb, now))
            return LimitScope.Session;
        lock (_gate)
            return !_uses.TryGetValue(address, out var use) || use.Commands.TryTake(verb, now) ? null : LimitScope.Address;
    }

    private Use UseOf(AddressBlock address)
    {
        if (!_uses.TryGetValue(address, out var use))
            _uses[address] = use = new Use(limits.Address);
        return use;
    }

    private void ForgetTheQuiet()
    {
        while (_quiet.First is { Value: var oldest } && (Now - oldest.Since >= _memory || _uses.Count > capacity))
        {
            _quiet.RemoveFirst();
            _uses.Remove(oldest.Address);
        }
    }

    private sealed class Use(CommandLimits limits)
    {
        public int Sessions { get; set; }

        public CommandBuckets Commands { get; } = new(limits);

        /// <summary>Its place among the quiet; null while it has sessions.</summary>
        public LinkedListNode<(AddressBlock Address, TimeSpan Since)>? Quiet { get; set; }
    }
}

/// <summary>What one session may still say. Not for several threads at once.</summary>
public sealed class SessionLimits
{
    private readonly AddressLimits _node;
    private readonly AddressBlock _address;
    private readonly CommandBuckets _buckets;

    internal SessionLimits(AddressLimits node, AddressBlock address, CommandLimits limits) => (_node, _address, _buckets) = (node, address, new CommandBuckets(limits));

    /// <returns>Whose limit refuses a command with this verb; null where it may be carried out.</returns>
    public LimitScope? Refusal(Verb verb) => verb is Verb.Send or Verb.Conn or Verb.Auth ? _node.Refusal(verb, _address, _buckets) : null;
}
