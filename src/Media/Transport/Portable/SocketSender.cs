using System.Net;
using System.Net.Sockets;
using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Portable;

/// <summary>The send step over System.Net.Sockets. A refusal costs an exception here; there is no other way to ask.</summary>
internal readonly struct SocketSender(byte[] slab, PeerTable peers) : IBatchSender
{
    public void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally)
    {
        SocketPort to = peers[handle];
        foreach (ref readonly Datagram datagram in batch)
        {
            SocketError error = TrySend(to, datagram);
            // An earlier datagram's ICMP is told to the next call.
            if (error is SocketError.ConnectionReset or SocketError.ConnectionRefused)
                error = TrySend(to, datagram);
            if (error == SocketError.Success)
            {
                tally.Datagrams++;
                tally.Bytes += datagram.Length;
                continue;
            }

            tally.Dropped++;
            counters.Drop(ReasonOf(error));
        }
    }

    public void SendShared(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) =>
        Send(handle, batch, counters, ref tally);

    public static DropReason ReasonOf(SocketError error) => error switch
    {
        SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable => DropReason.ReceiverFull,
        SocketError.ConnectionReset or SocketError.ConnectionRefused => DropReason.ReceiverGone,
        SocketError.MessageSize => DropReason.TooLarge,
        _ => DropReason.SendFailed,
    };

    public static SocketError TrySendTo(Socket socket, ReadOnlySpan<byte> datagram, SocketAddress to)
    {
        try
        {
            socket.SendTo(datagram, SocketFlags.None, to);
            return SocketError.Success;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode;
        }
        catch (ObjectDisposedException)
        {
            return SocketError.Shutdown;
        }
    }

    private SocketError TrySend(SocketPort to, in Datagram datagram) =>
        TrySendTo(to.Entrance!.Socket, slab.AsSpan(datagram.Offset, datagram.Length), to.Peer!);
}
