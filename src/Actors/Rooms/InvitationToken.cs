using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Conference.Actors.Rooms;

/// <summary>What is said to come in by an invitation. It is told once, and kept nowhere but as its digest.</summary>
public static class InvitationToken
{
    private const int RandomBytes = 18;

    /// <summary>24 characters that may stand in an address: 144 bits that nobody guesses, so that there is nothing to salt or to stretch.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>By which it is kept and found.</summary>
    public static string DigestOf(string said) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)));
}
