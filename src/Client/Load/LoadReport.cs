namespace Conference.Client.Load;

/// <summary>What a load run found; the object <c>qcvc load --json</c> prints. Times in milliseconds, within 3 %.</summary>
/// <param name="Clients">Asked for.</param>
/// <param name="Joined">Came in.</param>
/// <param name="JoinsPerSecond">Over the whole joining.</param>
/// <param name="Senders">Of those that joined.</param>
/// <param name="Seconds">Of sending.</param>
/// <param name="Sent">Packets the kernel took.</param>
/// <param name="SendFailures">Packets it did not take; not among <paramref name="Sent"/>.</param>
/// <param name="Expected">One per packet sent and other member of its room.</param>
/// <param name="Delivered">Of those, arrived, duplicates not counted.</param>
/// <param name="KernelDrops">Of the lost, dropped here because a receive buffer was full.</param>
/// <param name="Misrouted">Arrived where they should not: another room, or their own sender.</param>
/// <param name="Damaged">Datagrams that are none of the packets sent.</param>
/// <param name="Moves">Times a member went on through another node.</param>
/// <param name="GapP50Ms">The longest silence of one sender at one receiver while it sent: the median of all such pairs.</param>
/// <param name="Silent">Pairs that were silent when the sending ended, for a second or more: the call was cut.</param>
/// <param name="SessionsLost">TCP sessions the server ended meanwhile.</param>
/// <param name="SenderLagMs">The longest a burst left late; when it is long, the generator was too slow.</param>
/// <param name="CpuSeconds">Processor time of this process while sending.</param>
/// <param name="AllocatedBytes">Managed memory this process allocated while sending: none of it per packet.</param>
/// <param name="Errors">Why clients did not join, and how many each.</param>
public sealed record LoadReport(
    int Clients,
    int Joined,
    int Rooms,
    double JoinsPerSecond,
    double JoinP50Ms,
    double JoinP99Ms,
    int Senders,
    int Size,
    double Rate,
    int Burst,
    double Seconds,
    long Sent,
    long SendFailures,
    long Expected,
    long Delivered,
    long Lost,
    double LossPercent,
    long KernelDrops,
    long Duplicated,
    long Reordered,
    long Misrouted,
    long Damaged,
    double DelayP50Ms,
    double DelayP99Ms,
    double DelayP999Ms,
    double DelayMaxMs,
    int Moves,
    double GapP50Ms,
    double GapP99Ms,
    double GapMaxMs,
    int Silent,
    double SentKpps,
    double DeliveredKpps,
    int SessionsLost,
    double SenderLagMs,
    double CpuSeconds,
    long AllocatedBytes,
    IReadOnlyDictionary<string, int> Errors)
{
    public bool IsClean => Joined == Clients && SessionsLost == 0 && Misrouted == 0 && Damaged == 0;
}
