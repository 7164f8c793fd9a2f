using System.Security.Cryptography;
using System.Text;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api.Access;

/// <summary>A token that was made by the API. The token itself is told once and kept nowhere: what is kept is its digest.</summary>
/// <param name="Id">By which it is withdrawn.</param>
/// <param name="Name">What whoever made it calls it; the audit log does too.</param>
/// <param name="Domain">The only domain it is for; null: for all.</param>
/// <param name="Rights">What it may.</param>
/// <param name="Made">When.</param>
public sealed record AccessToken(Guid Id, string Name, Domain? Domain, Rights Rights, DateTimeOffset Made)
{
    private const string Prefix = "conference-";
    private const int RandomBytes = 24;
    private const int Length = 11 + (2 * RandomBytes);

    public ApiCaller Caller => new(Name, Domain, Rights);

    /// <summary>192 bits that nobody guesses: there is nothing to salt or to stretch.</summary>
    public static string MakeSecret() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <returns>What a secret is kept and found by; null for a text that is none.</returns>
    public static string? DigestOf(string said) => said.Length == Length && said.StartsWith(Prefix, StringComparison.Ordinal)
        ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)))
        : null;
}
