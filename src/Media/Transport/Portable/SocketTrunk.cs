using System.Net.Sockets;
using Conference.Media.Forwarding;
using Conference.Media.Trunks;

namespace Conference.Media.Transport.Portable;

/// <summary>The end of the trunks over System.Net.Sockets.</summary>
internal sealed class SocketTrunk(TrunkTable table, Socket socket) : TrunkEnd(table, loop: 0), IDisposable
{
    public Socket Socket => socket;

    /// <exception cref="SocketException">The system refuses.</exception>
    public static Socket Open(TrunkOptions options)
    {
        try
        {
            return SocketDoor.OpenSocket(options.Address, options.FirstPort);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return SocketDoor.OpenSocket(options.Address, 0);
        }
    }

    public void Dispose() => socket.Dispose();

    protected override void Transmit(TrunkAddress to, ReadOnlySpan<Datagram> run, LoopCounters counters, ref SendTally tally)
    {
        foreach (ref readonly Datagram datagram in run)
        {
            SocketError error = SocketSender.TrySendTo(socket, Buffer.AsSpan(datagram.Offset, datagram.Length), to.Name);
            if (error == SocketError.Success)
            {
                tally.Datagrams++;
                tally.Bytes += datagram.Length;
                continue;
            }

            tally.Dropped++;
            counters.Drop(SocketSender.ReasonOf(error));
        }
    }
}
