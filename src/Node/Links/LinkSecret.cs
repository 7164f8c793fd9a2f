using System.Security.Cryptography;
using System.Text;

namespace Conference.Node.Links;

/// <summary>
/// What proves that a node is of the cluster, made from the cluster's secret. A proof says: who knows the secret has seen just these two
/// hellos over a connection with just these two certificates. Whoever sits between has other certificates on each side, and no proof for them.
/// </summary>
public sealed class LinkSecret
{
    public const int ProofBytes = 32;

    private readonly byte[] _dialer;
    private readonly byte[] _listener;

    /// <param name="secret">The cluster's secret. Strangers can try guesses against a proof at home: it must not be guessable.</param>
    public LinkSecret(string secret)
    {
        byte[] key = HKDF.Extract(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), "conference link 1"u8.ToArray());
        // A key for each side: no proof of one can be held out as the other's.
        _dialer = HKDF.Expand(HashAlgorithmName.SHA256, key, ProofBytes, "dialer"u8.ToArray());
        _listener = HKDF.Expand(HashAlgorithmName.SHA256, key, ProofBytes, "listener"u8.ToArray());
    }

    internal byte[] Prove(LinkRole role, in Transcript transcript)
    {
        Span<byte> message = stackalloc byte[4 * SHA256.HashSizeInBytes];
        // All four of one length: there is one way to read them.
        transcript.DialerCertificate.CopyTo(message);
        transcript.ListenerCertificate.CopyTo(message[SHA256.HashSizeInBytes..]);
        SHA256.HashData(transcript.DialerHello, message[(2 * SHA256.HashSizeInBytes)..]);
        SHA256.HashData(transcript.ListenerHello, message[(3 * SHA256.HashSizeInBytes)..]);
        return HMACSHA256.HashData(role == LinkRole.Dialer ? _dialer : _listener, message);
    }

    internal bool IsProof(LinkRole role, in Transcript transcript, ReadOnlySpan<byte> proof) =>
        CryptographicOperations.FixedTimeEquals(Prove(role, transcript), proof);
}

internal enum LinkRole
{
    Dialer,
    Listener,
}

/// <summary>What was said and seen in a handshake before the first proof.</summary>
internal readonly ref struct Transcript
{
    /// <summary>SHA-256 of the certificate.</summary>
    public required ReadOnlySpan<byte> DialerCertificate { get; init; }

    /// <summary>SHA-256 of the certificate.</summary>
    public required ReadOnlySpan<byte> ListenerCertificate { get; init; }

    /// <summary>In the bytes it was sent in.</summary>
    public required ReadOnlySpan<byte> DialerHello { get; init; }

    /// <summary>In the bytes it was sent in.</summary>
    public required ReadOnlySpan<byte> ListenerHello { get; init; }
}
