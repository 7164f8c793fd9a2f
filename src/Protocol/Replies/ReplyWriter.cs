using System.Buffers;
using System.Globalization;
using System.Text;

namespace Conference.Protocol.Replies;

/// <summary>A reply to bytes: <c>3DIGIT SP text CRLF</c>, UTF-8.</summary>
public static class ReplyWriter
{
    /// <summary>The longest a reply can be, in bytes: a chat line of the longest command with the longest sender before it.</summary>
    public const int MaxBytes = 2048;

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
