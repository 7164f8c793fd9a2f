namespace Conference.Media.Transport;

/// <summary>The two ways to carry datagrams. Both do the same; one is fast.</summary>
internal enum TransportKind
{
    /// <summary>epoll, connected sockets, batches in and out.</summary>
    Linux,

    /// <summary>System.Net.Sockets, anywhere.</summary>
    Portable,
}
