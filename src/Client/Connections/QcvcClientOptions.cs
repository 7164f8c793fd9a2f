using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Conference.Client.Connections;

/// <summary>How to connect. The defaults suit a person at a desk.</summary>
public sealed record QcvcClientOptions
{
    public static QcvcClientOptions Default { get; } = new();

    public TlsMode Tls { get; init; }

    /// <summary>Roots a server's certificate may lead to, besides those this machine trusts.</summary>
    public X509Certificate2Collection TrustedRoots { get; init; } = [];

    /// <summary>For the TCP connection, the greeting and TLS together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A server that takes longer for one answer is given up, and the connection with it.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Local address for TCP, and for media after it; null lets the system choose.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>Unread events kept; beyond, the oldest goes and <see cref="QcvcClient.EventsDropped"/> counts it.</summary>
    public int EventCapacity { get; init; } = 1024;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
