using System.Buffers;
using System.Globalization;
using System.Text;

namespace Conference.Protocol.Replies;

/// <summary>A reply to bytes: <c>3DIGIT SP text CRLF</c>, UTF-8.</summary>
public static class ReplyWriter
{
    /// <summary>
    /// The longest a reply can be, in bytes, its ending included. The longest there are: a member with the most services of the
    /// longest names (2,182), and a chat line of the longest command with the longest sender before it (about 1,900).
    /// </summary>
    public const int MaxBytes = 4096;

    public static void Write(IBufferWriter<byte> output, Reply reply)
    {
        int size = 4 + Encoding.UTF8.GetMaxByteCount(reply.Text.Length) + 2;
        var span = output.GetSpan(size);
        reply.Code.TryFormat(span, out _, "D3", CultureInfo.InvariantCulture);
        span[3] = (byte)' ';
        int text = Encoding.UTF8.GetBytes(reply.Text, span[4..]);
        span[4 + text] = (byte)'\r';
        span[5 + text] = (byte)'\n';
        output.Advance(6 + text);
    }
}
