using System.Globalization;

namespace Conference.EndToEnd.Tests.Support;

/// <summary>What a tab is told before the page is: what its camera sees, where its media goes, which codecs it has.</summary>
internal static class TabScripts
{
    /// <summary>Only the node's TCP is tried.</summary>
    public const string ByTcp = "window.candidateOf = line => / tcp /i.test(line) ? line : null;";

    /// <summary>The camera sees noise around its colour, so that a picture takes what it may.</summary>
    public const string Busy = "window.isBusy = true;";

    /// <summary>No other codec for pictures is offered.</summary>
    public const string H264 =
        """
        {
          const add = RTCPeerConnection.prototype.addTransceiver;
          RTCPeerConnection.prototype.addTransceiver = function (what, how) {
            const made = add.call(this, what, how);
            if ((what.kind ?? what) === 'video')
              made.setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs.filter(c => /h264|rtx/i.test(c.mimeType)));
            return made;
          };
        }
        """;

    private const string Camera =
        """
        {
          const picture = colour => {
            const made = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
            const paper = made.getContext('2d', { willReadFrequently: true });
            setInterval(() => {
              paper.fillStyle = colour;
              paper.fillRect(0, 0, 640, 360);
              if (!window.isBusy)
                return;
              const noise = paper.createImageData(640, 120);
              for (let i = 0; i < noise.data.length; i += 65536)
                crypto.getRandomValues(noise.data.subarray(i, i + 65536));
              for (let i = 3; i < noise.data.length; i += 4)
                noise.data[i] = 255;
              paper.putImageData(noise, 0, 0);
            }, 50);
            return made.captureStream(20).getVideoTracks()[0];
          };
          const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          navigator.mediaDevices.getUserMedia = async wanted => {
            const tracks = wanted.audio ? (await real({ audio: wanted.audio })).getTracks() : [];
            return new MediaStream([...tracks, ...wanted.video ? [picture('{COLOUR}')] : []]);
          };
          navigator.mediaDevices.getDisplayMedia = async () => new MediaStream([picture('magenta')]);

          // What a test wants to know of a connection, and where it is to go.
          window.connections = [];
          window.RTCPeerConnection = class extends RTCPeerConnection {
            constructor(...how) {
              super(...how);
              connections.push(this);
            }
            setRemoteDescription({ type, sdp }) {
              const lines = sdp.split('\r\n').map(line => !line.startsWith('a=candidate:') || !window.candidateOf ? line : candidateOf(line));
              return super.setRemoteDescription({ type, sdp: lines.filter(line => line !== null).join('\r\n') });
            }
          };
          window.incoming = async () => [...(await connections.at(-1).getStats()).values()].filter(s => s.type === 'inbound-rtp' && s.kind === 'video' && s.framesDecoded > 0);
        }
        """;

    /// <summary>Everything by UDP, and through a relay.</summary>
    public static string Through(UdpRelay relay) => string.Create(
        CultureInfo.InvariantCulture, $"window.candidateOf = line => / udp /i.test(line) ? line.replace(/ \\S+ \\d+ typ host/, ' 127.0.0.1 {relay.Port} typ host') : null;");

    /// <summary>A camera that sees one colour, and a screen that is magenta.</summary>
    /// <param name="colour">As CSS has it.</param>
    public static string Seeing(string colour) => Camera.Replace("{COLOUR}", colour, StringComparison.Ordinal);
}
