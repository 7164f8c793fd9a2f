using System.Security.Cryptography;
using System.Text;

namespace Conference.Node.Api;

/// <summary>The one secret of the operations API: <c>Http:AdminToken</c>, or one made for this run and printed at start.</summary>
public sealed class AdminToken
{
    private readonly byte[] _digest;

    public AdminToken(string? configured)
    {
        IsMade = configured is null;
        Text = configured ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _digest = SHA256.HashData(Encoding.UTF8.GetBytes(Text));
    }

    /// <summary>It was not configured.</summary>
    public bool IsMade { get; }

    /// <summary>For the person at the terminal; never for a log.</summary>
    public string Text { get; }

    /// <summary>In constant time, and the length of <paramref name="said"/> tells nothing.</summary>
    public bool Matches(string said) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(said)), _digest);

    public override string ToString() => nameof(AdminToken);
}
