using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Conference.Bench.Media;

/// <summary>rtpengine forwarding in user space: one publisher, N subscribers, by its ng protocol.</summary>
internal sealed partial class RtpEngine() : Contestant("rtpengine")
{
    private const int ControlPort = 22_223;

    public override string? Missing => NativeTools.Has("rtpengine") ? null : "not installed (Debian: rtpengine-daemon)";

    // It waits for edges and reads at most so many packets at each: once its socket is full there is no next edge, and it never reads again.
    public override double Overload => 0.6;

    public override Running Start(int receivers)
    {
        Pinned process = Pinned.Start(
            NativeTools.MeasuredCore, "rtpengine", endsWithInput: false,
            [
                "--foreground", "--log-stderr", "--log-level=3", "--table=-1", "--interface=127.0.0.1", $"--listen-ng=127.0.0.1:{ControlPort}",
                "--port-min=35000", "--port-max=39999", "--num-threads=1", "--pidfile=/dev/null",
            ]);
        MultiUdpSink.WaitFor(process, ControlPort);
        try
        {
            using var control = new NgClient(ControlPort);
            string answer = control.Ask(("command", "publish"), ("call-id", "bench"), ("from-tag", "sender"), ("sdp", Sdp(29_000, "sendrecv")))["sdp"];
            for (int i = 0; i < receivers; i++)
            {
                IReadOnlyDictionary<string, string> offer =
                    control.Ask(("command", "subscribe request"), ("call-id", "bench"), ("from-tag", "sender"));
                control.Ask(("command", "subscribe answer"), ("call-id", "bench"), ("to-tag", offer["to-tag"]), ("sdp", Sdp(SinkPort + i, "recvonly")));
            }

            int entry = int.Parse(MediaLine().Match(answer).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
            return new Running(process, entry, latches: null);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    private static string Sdp(int port, string direction) => string.Join("\r\n",
        "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", $"m=audio {port} RTP/AVP 96", "a=rtpmap:96 opus/48000/2", $"a={direction}", "a=rtcp-mux", "");

    [GeneratedRegex(@"m=audio (\d+)")]
    private static partial Regex MediaLine();

    /// <summary>The ng protocol: a cookie, a space, a bencoded dictionary; over UDP.</summary>
    private sealed class NgClient : IDisposable
    {
        private readonly UdpClient _socket = new(AddressFamily.InterNetwork);
        private int _cookie;

        public NgClient(int port)
        {
            _socket.Connect(IPAddress.Loopback, port);
            _socket.Client.ReceiveTimeout = 5000;
        }

        public IReadOnlyDictionary<string, string> Ask(params (string Key, string Value)[] request)
        {
            var text = new StringBuilder($"{++_cookie} d");
            foreach ((string key, string value) in request.OrderBy(r => r.Key, StringComparer.Ordinal))
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{key.Length}:{key}{value.Length}:{value}");
            text.Append('e');
            _socket.Send(Encoding.ASCII.GetBytes(text.ToString()));
            IPEndPoint? from = null;
            string answer = Encoding.ASCII.GetString(_socket.Receive(ref from));
            IReadOnlyDictionary<string, string> values = Strings(answer[(answer.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            return values.GetValueOrDefault("result") == "ok" ? values : throw new InvalidOperationException($"rtpengine: {answer}");
        }

        public void Dispose() => _socket.Dispose();

        // The dictionary's strings; lists of strings are passed over.
        private static Dictionary<string, string> Strings(string bencoded)
        {
            var values = new Dictionary<string, string>();
            int at = 1;
            while (char.IsAsciiDigit(bencoded[at]))
            {
                string key = Next(bencoded, ref at);
                if (bencoded[at] != 'l')
                {
                    values[key] = Next(bencoded, ref at);
                    continue;
                }

                at++;
                while (bencoded[at] != 'e')
                    Next(bencoded, ref at);
                at++;
            }

            return values;
        }

        private static string Next(string bencoded, ref int at)
        {
            int colon = bencoded.IndexOf(':', at);
            int length = int.Parse(bencoded.AsSpan(at, colon - at), provider: System.Globalization.CultureInfo.InvariantCulture);
            at = colon + 1 + length;
            return bencoded.Substring(colon + 1, length);
        }
    }
}
