using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Conference.Node.SignIn;

/// <summary>
/// Passwords to what is kept of them, and back to yes or no:
/// <code>
/// hash = "pbkdf2-sha512" "$" iterations "$" base64(salt) "$" base64(key)     ; 16 and 32 bytes
/// </code>
/// PBKDF2 with HMAC-SHA-512, the one slow function the framework has; 210,000 iterations is OWASP's figure for it (2023).
/// Every answer costs the same, an account there is not included. Safe for any number of threads; slow on purpose, so
/// see <see cref="PasswordWorkers"/>.
/// </summary>
public sealed class PasswordHasher
{
    public const int DefaultIterations = 210_000;

    private const string Method = "pbkdf2-sha512";
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;

    /// <summary>What a damaged or foreign record may make us spend at most.</summary>
    private const int MaxIterations = 10_000_000;

    private readonly int _iterations;
    private readonly KeyDerivation _derive;
    private readonly Stored _nobody;

    /// <param name="iterations">What new hashes cost. Only a test has a reason to ask for fewer.</param>
    public PasswordHasher(int iterations = DefaultIterations)
        : this(iterations, Pbkdf2)
    {
    }

    /// <param name="iterations">What new hashes cost.</param>
    /// <param name="derive">Everything here that takes time.</param>
    internal PasswordHasher(int iterations, KeyDerivation derive)
    {
        (_iterations, _derive) = (iterations, derive);
        _nobody = new Stored(iterations, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(KeyBytes));
    }

    public string Hash(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        byte[] key = Derive(password, salt, _iterations);
        return string.Create(CultureInfo.InvariantCulture, $"{Method}${_iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(key)}");
    }

    /// <param name="password">As it was said.</param>
    /// <param name="hash">What is kept; null, or nothing this wrote, fails after the same work.</param>
    public bool Verify(string password, string? hash)
    {
        var stored = Read(hash);
        var (iterations, salt, key) = stored ?? _nobody;
        bool equal = CryptographicOperations.FixedTimeEquals(Derive(password, salt, iterations), key);
        return equal && stored is not null;
    }

    /// <summary>The same letters typed on two keyboards are the same password (RFC 8265's OpaqueString, as far as it is NFC).</summary>
    private byte[] Derive(string password, byte[] salt, int iterations) =>
        _derive(Encoding.UTF8.GetBytes(WholeCharacters(password).Normalize(NormalizationForm.FormC)), salt, iterations);

    /// <summary>What <see cref="string.Normalize()"/> throws for becomes U+FFFD: halves of characters, as in UTF-8, and U+FFFE, which is none.</summary>
    private static string WholeCharacters(string password) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(password)).Replace('\uFFFE', '\uFFFD');

    private static byte[] Pbkdf2(byte[] password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, KeyBytes);

    private static Stored? Read(string? hash)
    {
        if (hash?.Split('$') is not [Method, var cost, var salt64, var key64]
            || !int.TryParse(cost, NumberStyles.None, CultureInfo.InvariantCulture, out int iterations)
            || iterations is < 1 or > MaxIterations)
            return null;
        byte[] salt = new byte[SaltBytes];
        byte[] key = new byte[KeyBytes];
        return Convert.TryFromBase64String(salt64, salt, out int saltLength) && saltLength == SaltBytes
            && Convert.TryFromBase64String(key64, key, out int keyLength) && keyLength == KeyBytes
            ? new Stored(iterations, salt, key)
            : null;
    }

    /// <summary>A password's bytes, a salt and a cost to a key of <see cref="KeyBytes"/>.</summary>
    internal delegate byte[] KeyDerivation(byte[] password, byte[] salt, int iterations);

    private sealed record Stored(int Iterations, byte[] Salt, byte[] Key);
}
