using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Conference.Node.Links;

/// <summary>
/// Connections that have not proved anything yet: few, and not for long. When there are too many, the oldest of the address with most of them
/// goes: a node that comes while somebody floods the port is heard all the same.
/// </summary>
internal sealed class UnprovenConnections(LinkOptions options, TimeProvider time)
{
    private readonly List<UnprovenConnection> _all = [];

    public int Count
    {
        get
        {
            lock (_all)
                return _all.Count;
        }
    }

    public UnprovenConnection Enter(ConnectionContext connection)
    {
        UnprovenConnection? surplus = null;
        UnprovenConnection entered;
        lock (_all)
        {
            entered = new UnprovenConnection(this, connection, options.Timings.Handshake, time);
            _all.Add(entered);
            if (_all.Count > options.Limits.Unproven)
            {
                surplus = _all.GroupBy(c => c.Address).MaxBy(g => g.Count())!.First();
                _all.Remove(surplus);
            }
        }

        surplus?.End(LinkRefusal.TooMany);
        return entered;
    }

    internal void Leave(UnprovenConnection connection)
    {
        lock (_all)
            _all.Remove(connection);
    }
}

/// <summary>One of them; it is, until it has proved itself or its time is over.</summary>
internal sealed class UnprovenConnection : IDisposable
{
    private const int Proven = -1;

    private readonly UnprovenConnections _owner;
    private readonly ConnectionContext _connection;
    private readonly ITimer _deadline;

    // 0 until it is decided, then what it came to.
    private int _outcome;

    public UnprovenConnection(UnprovenConnections owner, ConnectionContext connection, TimeSpan limit, TimeProvider time)
    {
        (_owner, _connection) = (owner, connection);
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        Address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        _deadline = time.CreateTimer(static c => ((UnprovenConnection)c!).End(LinkRefusal.Timeout), this, limit, Timeout.InfiniteTimeSpan);
    }

    public IPAddress Address { get; }

    public bool IsProven => _outcome == Proven;

    /// <summary>How far it has come: what is wrong with it if it ends now and nobody says otherwise.</summary>
    public LinkRefusal Stage { get; set; } = LinkRefusal.Tls;

    /// <summary>The other side said it, not we.</summary>
    public bool IsRefusedThere { get; set; }

    public string? Detail { get; set; }

    /// <summary>Why it is no use.</summary>
    public LinkRefusal Refusal => _outcome > 0 ? (LinkRefusal)_outcome : Stage;

    /// <summary>It was put an end to.</summary>
    public bool IsEnded => _outcome > 0;

    public void End(LinkRefusal refusal)
    {
        if (Interlocked.CompareExchange(ref _outcome, (int)refusal, 0) != 0)
            return;
        _owner.Leave(this);
        Abort(refusal.Label());
    }

    /// <summary>Ends the connection, whatever waits on it. May come late.</summary>
    public void Abort(string why) => _connection.Abort(new ConnectionAbortedException(why));

    /// <returns>False when it was too late.</returns>
    public bool Prove()
    {
        Dispose();
        return Interlocked.CompareExchange(ref _outcome, Proven, 0) == 0;
    }

    public void Dispose()
    {
        _deadline.Dispose();
        _owner.Leave(this);
    }
}
