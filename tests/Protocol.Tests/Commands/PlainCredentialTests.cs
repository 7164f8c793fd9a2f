using System.Text;
using Conference.Protocol.Commands;
using FsCheck;
using FsCheck.Fluent;

namespace Conference.Protocol.Tests.Commands;

public sealed class PlainCredentialTests
{
    [Theory]
    [InlineData("\0joe\0secret")]
    [InlineData("joe\0joe\0secret")]
    public void Three_parts_the_first_empty_or_the_same_are_a_credential(string message)
    {
        Assert.True(PlainCredential.TryParse(Base64(message), out var credential));
        Assert.Equal(("joe", "secret"), (credential.User, credential.Password));
    }

    [Fact]
    public void A_password_may_be_any_text_but_nul() =>
        Assert.True(PlainCredential.TryParse(Base64("\0joe\0 pass wörd\r\n\uFFFE日"), out var credential)
            && credential.Password == " pass wörd\r\n\uFFFE日");

    [Theory]
    [InlineData("")]
    [InlineData("joe")]
    [InlineData("joe\0secret")]
    [InlineData("\0joe\0")]
    [InlineData("\0\0secret")]
    [InlineData("amy\0joe\0secret")]
    [InlineData("\0joe\0sec\0ret")]
    [InlineData("\0\0\0")]
    public void Other_messages_are_none(string message) => Assert.False(PlainCredential.TryParse(Base64(message), out _));

    [Theory]
    [InlineData("=")]
    [InlineData("AGpvZQBzZWNyZX")]
    [InlineData("AGpvZQBzZWNyZXQ=AGpvZQBzZWNyZXQ=")]
    [InlineData("AGpvZQB zZWNyZXQ=")]
    [InlineData("AGpvZQBzZWNyZX-_")]
    [InlineData("********")]
    [InlineData("日本語テキスト漢字")]
    public void What_is_not_base64_is_none(string base64) => Assert.False(PlainCredential.TryParse(base64, out _));

    [Theory]
    [InlineData(new byte[] { 0, (byte)'j', 0, 0xC3, 0x28 })]
    [InlineData(new byte[] { 0, 0xFF, 0, (byte)'x' })]
    [InlineData(new byte[] { 0, (byte)'j', 0, 0xED, 0xA0, 0x80 })]
    public void What_is_not_utf8_is_none(byte[] message) => Assert.False(PlainCredential.TryParse(Convert.ToBase64String(message), out _));

    [Fact]
    public void Any_bytes_are_taken_or_refused_and_nothing_throws() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            _ = PlainCredential.TryParse(Convert.ToBase64String(bytes), out _);
            _ = PlainCredential.TryParse(Encoding.Latin1.GetString(bytes), out _);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithQuietOnSuccess(true));

    [Fact]
    public void It_does_not_tell_its_password()
    {
        Assert.True(PlainCredential.TryParse(Base64("\0joe\0secret"), out var credential));
        Assert.DoesNotContain("secret", credential.ToString(), StringComparison.Ordinal);
    }

    private static string Base64(string message) => Convert.ToBase64String(Encoding.UTF8.GetBytes(message));
}
