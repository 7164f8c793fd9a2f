using Conference.Media.Forwarding;
using Conference.Media.Web;

namespace Conference.Media.Transport.Linux;

/// <summary>
/// The number all browsers come to, for one address family: first checks and strangers. Whoever has signed a check gets a socket connected to where it
/// came from; nobody else is answered.
/// </summary>
internal sealed unsafe class WebDoor(int number, int socket, WebGate gate)
{
    private const int BatchesPerTurn = 4;

    public int Socket => socket;

    /// <summary>The socket's place in the loop's poll. The loop's own.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Reads what has come. The caller is its loop.</summary>
    public void Turn(ReceiveSlab slab, LoopCounters counters)
    {
        for (int batch = 0; batch < BatchesPerTurn; batch++)
        {
            int received = LinuxDoor.Receive(slab, socket);
            for (int i = 0; i < received; i++)
            {
                ReadOnlySpan<byte> bytes = slab.Bytes.Slice(ReceiveSlab.Offset(i), slab.Length(i));
                if (!StunRequest.TryRead(bytes, out StunRequest check) || gate.Find(check.LocalUfrag) is not { } link
                    || !gate.Check(link, check, LinuxDoor.LocalName(ref slab.Messages[i].Header, number), slab.Names[i]))
                    counters.Drop(DropReason.Stranger);
            }

            if (received < ReceiveSlab.Slots)
                return;
        }
    }
}
