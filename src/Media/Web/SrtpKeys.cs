using System.Security.Cryptography;

namespace Conference.Media.Web;

/// <summary>The session keys of one direction, for RTP or for RTCP.</summary>
/// <param name="Profile">What they are for.</param>
/// <param name="Cipher">16 bytes.</param>
/// <param name="Authentication">Empty where the cipher makes the tag.</param>
/// <param name="Salt">What every nonce is mixed with.</param>
internal sealed record SrtpKeys(SrtpProfile Profile, ReadOnlyMemory<byte> Cipher, ReadOnlyMemory<byte> Authentication, ReadOnlyMemory<byte> Salt)
{
    private const byte RtpLabels = 0;
    private const byte RtcpLabels = 3;
    private const int BlockBytes = 16;

    public static SrtpKeys ForRtp(SrtpMaster master) => Derive(master, RtpLabels);

    public static SrtpKeys ForRtcp(SrtpMaster master) => Derive(master, RtcpLabels);

    public override string ToString() => Profile.Name;

    private static SrtpKeys Derive(SrtpMaster master, byte labels) => new(
        master.Profile,
        Derive(master, labels, SrtpProfile.KeyBytes),
        Derive(master, (byte)(labels + 1), master.Profile.AuthenticationBytes),
        Derive(master, (byte)(labels + 2), master.Profile.SaltBytes));

    /// <summary>RFC 3711 section 4.3.1 with a derivation rate of zero: AES in counter mode, from the master salt mixed with a label. A salt of
    /// 96 bits has 16 zeros behind it (RFC 7714 section 11).</summary>
    private static byte[] Derive(SrtpMaster master, byte label, int length)
    {
        using var aes = Aes.Create();
        aes.Key = master.Key.ToArray();
        Span<byte> counter = stackalloc byte[BlockBytes];
        master.Salt.Span.CopyTo(counter);
        counter[7] ^= label;
        byte[] derived = new byte[length];
        Span<byte> block = stackalloc byte[BlockBytes];
        for (int at = 0; at < length; at += BlockBytes)
        {
#pragma warning disable CA5358 // One block at a time is what counter mode is made of.
            aes.EncryptEcb(counter, block, PaddingMode.None);
#pragma warning restore CA5358
            block[..Math.Min(BlockBytes, length - at)].CopyTo(derived.AsSpan(at));
            counter[^1]++;
        }

        return derived;
    }
}
