using System.ComponentModel;
using System.Net;

namespace Conference.Media.Transport.Linux;

/// <summary>Opens the two kinds of UDP socket a number has, and those of the trunks.</summary>
internal static unsafe class LinuxSockets
{
    // A full receive buffer loses what a sender's burst brings while its loop serves others; memory is charged as it fills only.
    private const int BufferBytes = 4 << 20;

    // All that other nodes send to a loop's rooms comes in here.
    private const int TrunkBufferBytes = 16 << 20;

    /// <summary>A number's wildcard socket: unconnected, and told which local address each datagram was sent to.</summary>
    /// <returns>A descriptor, or minus errno.</returns>
    /// <remarks>It is bound without SO_REUSEADDR, so that a number another process has is refused, another node's shared one
    /// included; the option is set afterwards for the connected sockets that will join it.</remarks>
    public static int OpenWildcard(IPAddress address, int number) => OpenWildcard(address, number, out _);

    /// <inheritdoc cref="OpenWildcard(IPAddress, int)"/>
    /// <param name="number">0 for any.</param>
    /// <param name="bound">What it is then.</param>
    public static int OpenWildcard(IPAddress address, int number, out int bound)
    {
        bound = number;
        SocketName name = SocketName.Of(address, number);
        int fd = Create(name.Family);
        if (fd < 0)
            return fd;
        if (name.Family == LibC.AF_INET6)
            Set(fd, LibC.IPPROTO_IPV6, LibC.IPV6_RECVPKTINFO, 1);
        else
            Set(fd, LibC.IPPROTO_IP, LibC.IP_PKTINFO, 1);
        uint length = SocketName.MaxLength;
        if (LibC.Bind(fd, &name, name.Length) < 0 || LibC.GetSockName(fd, &name, &length) < 0)
            return CloseWith(fd, LibC.Errno);
        bound = name.Port;
        Set(fd, LibC.SOL_SOCKET, LibC.SO_REUSEADDR, 1);
        return fd;
    }

    /// <summary>A CONN's own socket: from the local address its client reached us at, to where the client sends from.</summary>
    /// <returns>A descriptor, or minus errno.</returns>
    /// <remarks>Between bind and connect it takes anybody's datagrams for that local address and number. Whoever reads it
    /// checks where each came from.</remarks>
    public static int OpenConnected(SocketName local, SocketName peer)
    {
        int fd = Create(local.Family);
        if (fd < 0)
            return fd;
        Set(fd, LibC.SOL_SOCKET, LibC.SO_REUSEADDR, 1);
        if (LibC.Bind(fd, &local, local.Length) < 0 || LibC.Connect(fd, &peer, peer.Length) < 0)
            return CloseWith(fd, LibC.Errno);
        return fd;
    }

    /// <summary>A loop's socket for all trunks: unconnected, since peers are many and each has many loops.</summary>
    /// <param name="number">0 for any.</param>
    /// <param name="bound">What it is bound to.</param>
    /// <returns>A descriptor, or minus errno.</returns>
    public static int OpenTrunk(IPAddress address, int number, out IPEndPoint bound)
    {
        bound = new IPEndPoint(address, number);
        SocketName name = SocketName.Of(address, number);
        int fd = Create(name.Family, TrunkBufferBytes);
        if (fd < 0)
            return fd;
        uint length = SocketName.MaxLength;
        if (LibC.Bind(fd, &name, name.Length) < 0 || LibC.GetSockName(fd, &name, &length) < 0)
            return CloseWith(fd, LibC.Errno);
        bound.Port = name.Port;
        return fd;
    }

    /// <summary>A socket that nothing reaches and that reaches nothing.</summary>
    public static int OpenTombstone()
    {
        int fd = LibC.Socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0);
        if (fd >= 0)
            return fd;
        fd = LibC.Socket(LibC.AF_INET6, LibC.SOCK_DGRAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0);
        return fd >= 0 ? fd : throw new Win32Exception(LibC.Errno);
    }

    private static int Create(int family, int buffer = BufferBytes)
    {
        int fd = LibC.Socket(family, LibC.SOCK_DGRAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0)
            return -LibC.Errno;
        if (family == LibC.AF_INET6)
            Set(fd, LibC.IPPROTO_IPV6, LibC.IPV6_V6ONLY, 1);
        // The forcing options need CAP_NET_ADMIN; the plain ones stop at net.core.[rw]mem_max.
        if (Set(fd, LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, buffer) < 0)
            Set(fd, LibC.SOL_SOCKET, LibC.SO_RCVBUF, buffer);
        if (Set(fd, LibC.SOL_SOCKET, LibC.SO_SNDBUFFORCE, buffer) < 0)
            Set(fd, LibC.SOL_SOCKET, LibC.SO_SNDBUF, buffer);
        return fd;
    }

    private static int Set(int fd, int level, int option, int value) => LibC.SetSockOpt(fd, level, option, &value, sizeof(int));

    private static int CloseWith(int fd, int errno)
    {
        _ = LibC.Close(fd);
        return -errno;
    }
}
