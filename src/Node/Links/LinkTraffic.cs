namespace Conference.Node.Links;

/// <summary>What all links of a node have carried. Counted by the batch.</summary>
internal sealed class LinkTraffic
{
    private long _messagesIn;
    private long _messagesOut;
    private long _bytesIn;
    private long _bytesOut;

    public long MessagesIn => Interlocked.Read(ref _messagesIn);

    public long MessagesOut => Interlocked.Read(ref _messagesOut);

    /// <summary>Of frames, before TLS.</summary>
    public long BytesIn => Interlocked.Read(ref _bytesIn);

    /// <inheritdoc cref="BytesIn"/>
    public long BytesOut => Interlocked.Read(ref _bytesOut);

    public void Received(int messages, int bytes)
    {
        Interlocked.Add(ref _messagesIn, messages);
        Interlocked.Add(ref _bytesIn, bytes);
    }

    public void Sent(int messages, int bytes)
    {
        Interlocked.Add(ref _messagesOut, messages);
        Interlocked.Add(ref _bytesOut, bytes);
    }
}
