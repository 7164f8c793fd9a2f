namespace Conference.Media.Web;

/// <summary>How SRTP is protected: one of the profiles that DTLS agrees on by use_srtp (RFC 5764 section 4.1.2, RFC 7714 section 14.2).</summary>
internal sealed class SrtpProfile
{
    /// <summary>Every profile here has AES with 128 bits.</summary>
    public const int KeyBytes = 16;

    /// <summary>What a sealed packet is longer by, at most: the tag, and of SRTCP the index.</summary>
    public const int MaxOverhead = 20;

    public static readonly SrtpProfile AeadAes128Gcm = new(7, "SRTP_AEAD_AES_128_GCM", saltBytes: 12, authenticationBytes: 0, tagBytes: 16, nonceBytes: 12);
    public static readonly SrtpProfile Aes128CmSha1 = new(1, "SRTP_AES128_CM_SHA1_80", saltBytes: 14, authenticationBytes: 20, tagBytes: 10, nonceBytes: 16);

    private SrtpProfile(int id, string name, int saltBytes, int authenticationBytes, int tagBytes, int nonceBytes)
    {
        Id = id;
        Name = name;
        SaltBytes = saltBytes;
        AuthenticationBytes = authenticationBytes;
        TagBytes = tagBytes;
        NonceBytes = nonceBytes;
    }

    /// <summary>Best first.</summary>
    public static IReadOnlyList<SrtpProfile> All { get; } = [AeadAes128Gcm, Aes128CmSha1];

    /// <summary>The profile's number in use_srtp.</summary>
    public int Id { get; }

    /// <summary>As OpenSSL calls it.</summary>
    public string Name { get; }

    public int SaltBytes { get; }

    /// <summary>Of the key the tag is made by; 0 where the cipher makes it.</summary>
    public int AuthenticationBytes { get; }

    public int TagBytes { get; }

    public int NonceBytes { get; }

    /// <summary>One cipher both hides and authenticates; else there is a MAC besides, which covers the rollover counter too.</summary>
    public bool IsAead => AuthenticationBytes == 0;

    /// <summary>What a handshake must export: two keys and two salts.</summary>
    public int ExportBytes => 2 * (KeyBytes + SaltBytes);

    /// <returns>Null for a number that is none of ours.</returns>
    public static SrtpProfile? Find(long id) => All.FirstOrDefault(p => p.Id == id);

    public override string ToString() => Name;
}
