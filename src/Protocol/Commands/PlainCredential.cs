using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Conference.Protocol.Commands;

/// <summary>
/// What AUTH PLAIN carries, in base64 (RFC 4616):
/// <code>
/// message = [authzid] NUL authcid NUL passwd     ; UTF-8, no part holds a NUL        "" NUL "joe" NUL "secret"
/// </code>
/// An authzid, where given, is the authcid: nobody signs in for somebody else. Parts are told back as they came;
/// what a legal name is, the session machine knows.
/// </summary>
/// <param name="User">The authcid, never empty.</param>
/// <param name="Password">Never empty, never logged.</param>
public sealed record PlainCredential(string User, string Password)
{
    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    /// <param name="base64">With its padding, of the plain alphabet.</param>
    /// <param name="credential">Null when it is none.</param>
    public static bool TryParse(string base64, [NotNullWhen(true)] out PlainCredential? credential)
    {
        credential = null;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(base64.Length);
        try
        {
            if (!IsPlainAlphabet(base64) || !Convert.TryFromBase64String(base64, bytes, out int length))
                return false;
            string[] parts = _strict.GetString(bytes, 0, length).Split('\0');
            if (parts is not [var acting, { Length: > 0 } user, { Length: > 0 } password] || (acting.Length > 0 && acting != user))
                return false;
            credential = new PlainCredential(user, password);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        finally
        {
            // It held a password; the pool's next user must not find it.
            ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        }
    }

    public override string ToString() => nameof(PlainCredential);

    /// <summary>The framework skips white space inside base64; a credential has none.</summary>
    private static bool IsPlainAlphabet(string text) => text.Length > 0 && !text.AsSpan().ContainsAny(" \t\r\n");
}
