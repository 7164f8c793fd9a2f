using System.Text;
using Conference.Media.Transport.OpenSsl;
using Conference.Media.Web;

namespace Conference.Media.Tests.Web;

/// <summary>What the RFCs print, byte for byte.</summary>
public sealed class SrtpVectorTests
{
    private static readonly SrtpMaster _counterMode = new(
        SrtpProfile.Aes128CmSha1, Hex("E1F97A0D3E018BE0D64FA32C06DE4139"), Hex("0EC675AD498AFEEBB6960B3AABE6"));

    private static readonly SrtpKeys _gcm = new(
        SrtpProfile.AeadAes128Gcm, Hex("000102030405060708090A0B0C0D0E0F"), default, Hex("517569642070726F2071756F"));

    [Fact]
    public void Session_keys_are_derived_as_in_RFC_3711_appendix_B_3()
    {
        SrtpKeys keys = SrtpKeys.ForRtp(_counterMode);
        Assert.Equal(Hex("C61E7A93744F39EE10734AFE3FF7A087"), keys.Cipher.ToArray());
        Assert.Equal(Hex("30CBBC08863D8C85D49DB34A9AE1"), keys.Salt.ToArray());
        Assert.Equal(Hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"), keys.Authentication.ToArray());
    }

    [Fact]
    public void Counter_mode_makes_the_keystream_of_RFC_3711_appendix_B_2()
    {
        var keys = new SrtpKeys(
            SrtpProfile.Aes128CmSha1, Hex("2B7E151628AED2A6ABF7158809CF4F3C"), new byte[20], Hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
        using ISrtpCipher cipher = SrtpCipher.Create(keys);
        byte[] stream = new byte[48];
        Assert.True(cipher.TrySeal(new SrtpNonce(keys).Write(new byte[16], 0, 0), new byte[12], new byte[4], stream, stream, new byte[10]));
        Assert.Equal(Hex("E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0"), stream);
    }

    [Fact]
    public void A_packet_is_sealed_by_GCM_as_in_RFC_7714_section_16_1()
    {
        byte[] header = Hex("8040F17B8041F8D35501A0B2");
        byte[] text = Encoding.ASCII.GetBytes("Gallia est omnis divisa in partes tres");
        byte[] nonce = [.. new SrtpNonce(_gcm).Write(new byte[16], 0x5501A0B2, 0xF17B)];
        Assert.Equal(Hex("51753C6580C2726F20718414"), nonce);
        byte[] tag = new byte[16];
        using ISrtpCipher cipher = SrtpCipher.Create(_gcm);
        Assert.True(cipher.TrySeal(nonce, header, default, text, text, tag));
        Assert.Equal(
            Hex("F24DE3A3FB34DE6CACBA861C9D7E4BCABE633BD50D294E6F42A5F47A51C7D19B36DE3ADF8833899D7F27BEB16A9152CF765EE4390CCE"),
            (byte[])[.. text, .. tag]);
    }

    [Fact]
    public void A_report_is_sealed_by_GCM_as_in_RFC_7714_section_17_1()
    {
        byte[] header = Hex("81C8000D4D617273");
        byte[] text = Hex("4E5450314E545032525450200000042A0000E9304C756E61DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF");
        byte[] nonce = [.. new SrtpNonce(_gcm).Write(new byte[16], 0x4D617273, 0x5D4)];
        Assert.Equal(Hex("517524055203726F207170BB"), nonce);
        byte[] tag = new byte[16];
        using ISrtpCipher cipher = SrtpCipher.Create(_gcm);
        Assert.True(cipher.TrySeal(nonce, header, Hex("800005D4"), text, text, tag));
        Assert.Equal(
            Hex("63E94885DCDAB67CA727D7662F6B7E997FF5C0F76C06F32DC676A5F1730D6FDA4CE09B4686303DED0BB9275BC84AA45896CF4D2FC5ABF87245D9EADE"),
            (byte[])[.. text, .. tag]);
    }

    /// <summary>What libsrtp makes of the keys of RFC 3711 appendix B.3.</summary>
    [Fact]
    public void Packets_are_sealed_by_counter_mode_as_others_do()
    {
        using var sender = new SrtpSender(_counterMode, SrtpCipher.Create);
        byte[] packet = [.. Hex("800F1234DECAFBADCAFEBABE"), .. Enumerable.Repeat((byte)0xAB, 16), .. new byte[10]];
        Assert.Equal(packet.Length, sender.Seal(packet, 12, packet.AsSpan(12, 16)));
        Assert.Equal(Hex("800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB"), packet);
        byte[] report = [.. Hex("81C8000BCAFEBABE"), .. Enumerable.Repeat((byte)0xAB, 16), .. new byte[14]];
        Assert.Equal(report.Length, sender.SealRtcp(report, 24));
        Assert.Equal(Hex("81C8000BCAFEBABE7128035BE487B9BDBEF89041F977A5A880000001993E08CD54D6C1230798"), report);
    }

    [Fact]
    public void What_a_handshake_exports_is_two_keys_and_two_salts()
    {
        byte[] exported = [.. Enumerable.Range(0, 56).Select(i => (byte)i)];
        (SrtpMaster client, SrtpMaster server) = SrtpMaster.Split(SrtpProfile.AeadAes128Gcm, exported);
        Assert.Equal(exported[..16], client.Key.ToArray());
        Assert.Equal(exported[16..32], server.Key.ToArray());
        Assert.Equal(exported[32..44], client.Salt.ToArray());
        Assert.Equal(exported[44..], server.Salt.ToArray());
        Assert.DoesNotContain("Key", server.ToString(), StringComparison.Ordinal);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
