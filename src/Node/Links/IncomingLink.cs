using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Conference.Node.Links;

/// <summary>A WebSocket somebody has opened to this node, and what was seen in its TLS.</summary>
internal sealed class IncomingLink(
    WebSocket socket, X509Certificate ownCertificate, X509Certificate theirCertificate, UnprovenConnection connection)
{
    public WebSocket Socket => socket;

    public HandshakeChannel Channel { get; } = new(socket);

    /// <summary>SHA-256 of it.</summary>
    public byte[] OwnCertificate { get; } = ownCertificate.GetCertHash(HashAlgorithmName.SHA256);

    /// <inheritdoc cref="OwnCertificate"/>
    public byte[] TheirCertificate { get; } = theirCertificate.GetCertHash(HashAlgorithmName.SHA256);

    /// <summary>Ends the connection, whatever waits on it.</summary>
    public void Abort() => connection.Abort("link");

    /// <summary>It is of the cluster. False when it came too late.</summary>
    public bool Prove() => connection.Prove();
}
