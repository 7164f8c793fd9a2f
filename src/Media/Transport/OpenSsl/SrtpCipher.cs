using Conference.Media.Web;

namespace Conference.Media.Transport.OpenSsl;

/// <summary>Ciphers by OpenSSL. Each keeps its context with the key in it: that costs half of what <see cref="System.Security.Cryptography.AesGcm"/>
/// does, and one that is forged costs no exception.</summary>
internal static class SrtpCipher
{
    public static ISrtpCipher Create(SrtpKeys keys) => keys.Profile.IsAead ? new GcmCipher(keys) : new CounterModeCipher(keys);
}
