using System.Security.Cryptography;

namespace Conference.Node.SignIn.Tokens;

/// <summary>
/// A key that tokens may be signed for. Each knows the one algorithm it is for, so a token never chooses how it is checked:
/// no <c>none</c>, and no public key taken for a secret.
/// </summary>
/// <param name="algorithm">The only <c>alg</c> a token may name for it.</param>
/// <param name="id">The only <c>kid</c> a token may name for it; null where the key has none, then any will do.</param>
public abstract class VerificationKey(string algorithm, string? id)
{
    public string Algorithm { get; } = algorithm;

    public string? Id { get; } = id;

    /// <summary>May be called by several threads.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature);
}

/// <summary>HS256: a shared secret.</summary>
public sealed class SecretKey : VerificationKey
{
    /// <summary>A secret shorter than the hash can be guessed faster than the hash (RFC 7518 section 3.2).</summary>
    public const int LeastBytes = 32;

    private readonly byte[] _key;

    public SecretKey(byte[] key)
        : base("HS256", null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, LeastBytes);
        _key = key;
    }

    public override bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, signed, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }
}

/// <summary>RS256.</summary>
public sealed class RsaKey : VerificationKey
{
    public const int LeastBits = 2048;

    private readonly RSA _rsa;
    private readonly Lock _gate = new();

    /// <exception cref="FormatException">It is too small.</exception>
    public RsaKey(RSA rsa, string? id)
        : base("RS256", id)
    {
        if (rsa.KeySize < LeastBits)
            throw new FormatException($"an RSA key has fewer than {LeastBits} bits");
        _rsa = rsa;
    }

    public override bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        // The framework promises nothing about one key on two threads.
        lock (_gate)
            return _rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}

/// <summary>ES256: the curve P-256, the signature as its two numbers side by side.</summary>
public sealed class EcdsaKey : VerificationKey
{
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly ECDsa _ecdsa;
    private readonly Lock _gate = new();

    /// <exception cref="FormatException">It is of another curve.</exception>
    public EcdsaKey(ECDsa ecdsa, string? id)
        : base("ES256", id)
    {
        if (ecdsa.ExportParameters(false).Curve is not { IsNamed: true, Oid.Value: P256 })
            throw new FormatException("an EC key is not of the curve P-256");
        _ecdsa = ecdsa;
    }

    public override bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        lock (_gate)
            return _ecdsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
