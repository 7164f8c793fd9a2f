using System.Net;
using System.Net.Sockets;
using Conference.Protocol.Addresses;

namespace Conference.Node.Akka.Remoting;

/// <summary>
/// Connections that have not proved anything yet: few, and not for long. When there are too many, the oldest of the address with most of them goes: a
/// node that comes while somebody floods the port is heard all the same.
/// </summary>
internal sealed class Strangers
{
    private const int Max = 64;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(3);

    private readonly List<Stranger> _all = [];

    public Stranger Enter(Socket socket)
    {
        var address = (socket.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        var stranger = new Stranger(this, address.Plain(), _limit);
        Stranger? surplus = null;
        lock (_all)
        {
            _all.Add(stranger);
            if (_all.Count > Max)
            {
                surplus = _all.GroupBy(s => s.Address).MaxBy(g => g.Count())!.First();
                _all.Remove(surplus);
            }
        }

        surplus?.End();
        return stranger;
    }

    private void Leave(Stranger stranger)
    {
        lock (_all)
            _all.Remove(stranger);
    }

    /// <summary>One of them, until it has proved itself or its time is over.</summary>
    internal sealed class Stranger(Strangers owner, IPAddress address, TimeSpan limit) : IDisposable
    {
        private readonly CancellationTokenSource _deadline = new(limit);

        public IPAddress Address => address;

        /// <summary>Its time is over, or others need the place.</summary>
        public CancellationToken Deadline => _deadline.Token;

        public void Prove() => owner.Leave(this);

        public void End()
        {
            try
            {
                _deadline.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It was done at that moment.
            }
        }

        public void Dispose()
        {
            owner.Leave(this);
            _deadline.Dispose();
        }
    }
}
