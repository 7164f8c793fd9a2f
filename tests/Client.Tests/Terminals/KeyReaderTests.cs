using System.Text;
using Conference.Client.Terminals;

namespace Conference.Client.Tests.Terminals;

public class KeyReaderTests
{
    [Theory]
    [InlineData("Hi!\r", "H i ! Enter")]
    [InlineData("é東😀", "é 東 😀")]
    [InlineData("a\x1b[Db\x1bOAc\x1b[1;5Cd\x1bxe", "a b c d e")]
    [InlineData("\x7f\b\x15\x0c\x14\x10\x03\x04", "Backspace Backspace Clear Redraw MuteSound MutePicture Leave Leave")]
    [InlineData("a\x01\x07\u200d\u202eb", "a b")]
    public void Bytes_become_keys_in_whatever_pieces_they_come(string typed, string keys)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(typed);
        var (whole, pieces) = (new KeyReader(), new KeyReader());

        Assert.Equal(keys, Text(whole.Read(bytes)));
        Assert.Equal(keys, Text(bytes.SelectMany(b => pieces.Read(new[] { b }))));
    }

    [Fact]
    public void A_whole_page_is_read() => Assert.Equal(5000, new KeyReader().Read(Encoding.UTF8.GetBytes(new string('é', 5000))).Count());

    private static string Text(IEnumerable<Key> keys) => string.Join(' ', keys.Select(k => k.Kind == KeyKind.Letter ? k.Letter.ToString() : k.Kind.ToString()));
}
