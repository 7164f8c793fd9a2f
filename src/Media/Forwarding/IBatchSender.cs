namespace Conference.Media.Forwarding;

/// <summary>
/// The send step. Implementations are readonly structs used as a generic argument, so that the inner loop calls them directly; each is
/// one file, does the same as the plainest one, and differs in cost only.
/// </summary>
internal interface IBatchSender
{
    /// <summary>Bytes at the end of a slab that are no receive buffer: the forwarder writes there what this server itself has to say.</summary>
    const int ScratchBytes = 2048;

    /// <summary>Sends every datagram of the batch to one receiver, in order, and waits for nothing. What cannot be sent is
    /// dropped and counted, by reason in <paramref name="counters"/> and in the tally.</summary>
    /// <param name="handle">The receiver's <see cref="MediaPort.Handle"/>.</param>
    void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally);
}
