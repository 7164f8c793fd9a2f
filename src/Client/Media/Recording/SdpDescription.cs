using System.Globalization;
using System.Text;
using Conference.Client.Media.Rtp;

namespace Conference.Client.Media.Recording;

/// <summary>What ffmpeg must know to receive RTP: one <c>m=</c> line per stream (RFC 8866).</summary>
public static class SdpDescription
{
    public static string Build(IEnumerable<(PayloadFormat Format, int Port)> streams)
    {
        var sdp = new StringBuilder("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=qcvc\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n");
        foreach (var (format, port) in streams)
        {
            string channels = format.Channels > 0 ? $"/{format.Channels}" : "";
            sdp.Append(CultureInfo.InvariantCulture, $"m={format.Service} {port} RTP/AVP {format.PayloadType}\r\n");
            sdp.Append(CultureInfo.InvariantCulture, $"a=rtpmap:{format.PayloadType} {format.Codec}/{format.ClockRate}{channels}\r\n");
            if (format == PayloadFormat.H264)
                sdp.Append(CultureInfo.InvariantCulture, $"a=fmtp:{format.PayloadType} packetization-mode=1\r\n");
        }

        return sdp.ToString();
    }
}
