using System.Runtime.InteropServices;
using Conference.Media.Forwarding;
using Conference.Media.Trunks;

namespace Conference.Media.Transport.Linux;

/// <summary>One loop's end of the trunks on Linux: one socket, sent by with the steps that ports are sent by.</summary>
/// <param name="socket">Its own from now on.</param>
/// <param name="message">For runs of datagrams; null where they go one by one.</param>
internal sealed class LinuxTrunk(TrunkTable table, int loop, int socket, SegmentedMessage? message) : TrunkEnd(table, loop)
{
    public int Socket => socket;

    /// <summary>How many datagrams each message of the last turn held, and how many receivers each had. The loop's own.</summary>
    public int PerMessage { get; set; } = 1;

    public int Receivers { get; set; } = 1;

    protected override unsafe void Transmit(TrunkAddress to, ReadOnlySpan<Datagram> run, LoopCounters counters, ref SendTally tally)
    {
        nint start = Marshal.UnsafeAddrOfPinnedArrayElement(Buffer, 0);
        fixed (byte* name = to.Name.Buffer.Span)
        {
            if (message is null)
                new PlainSender(start, (nint)name).Send(socket, run, counters, ref tally);
            else
                new SegmentedSender(start, message, (nint)name, to.Place).Send(socket, run, counters, ref tally);
        }
    }
}
