namespace Conference.Media.Transport.Linux;

/// <summary>One way between a browser and this node that a signed check has come by: a socket of its own, connected.</summary>
internal sealed class WebPath(WebLink link, int socket, SocketName local, SocketName peer)
{
    /// <summary>Where the browser is.</summary>
    public SocketName Peer = peer;

    /// <summary>Which of our addresses it has reached.</summary>
    public SocketName Local = local;

    public WebLink Link => link;

    public int Socket => socket;

    /// <summary>The socket's place in the loop's poll. The loop's own.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Under the link's gate.</summary>
    public bool IsClosed { get; set; }
}
