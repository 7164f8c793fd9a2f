using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Conference.Integration.Tests.Media;

/// <summary>Selection on real VP8 over real sockets: every picture shows its own number, so a broken one shows.</summary>
public sealed class RealSelectionTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    [Fact]
    public async Task Receivers_at_30_10_and_5_frames_a_second_decode_all_they_get_at_their_rate()
    {
        await using var camera = await TestClient.ConnectAsync(fixture.Node);
        Socket video = await camera.ConnAsync("video", "rates@127.0.0.1");
        int[] rates = [30, 10, 5];
        List<TestClient> clients = [];
        List<Viewer> viewers = [];
        try
        {
            foreach (int rate in rates)
            {
                var client = await TestClient.ConnectAsync(fixture.Node);
                clients.Add(client);
                await client.ExpectAsync($"SETP video rate {rate}", $"310 video {rate}");
                viewers.Add(new Viewer(await client.ConnAsync("video", "rates@127.0.0.1")));
                viewers[^1].Latch();
            }

            int frames;
            await using (var sender = new CameraSender(video, layered: true, (1111, 500)))
            {
                await Eventually.IsTrueAsync(() => sender.Frames >= 360, TimeSpan.FromSeconds(40));
                frames = sender.Frames;
            }

            for (int i = 0; i < rates.Length; i++)
            {
                Assert.Equal(0, viewers[i].Missing);
                var pictures = await Pictures.ReadAsync(viewers[i].WholeFrames());
                Assert.All(pictures, p => Assert.Equal(p.Expected, p.Shown));
                // The first two seconds are for finding out what the stream is.
                int steady = pictures.Count(p => p.Expected >= 60);
                Assert.InRange(steady * 30.0 / (frames - 60), rates[i] * 0.9, rates[i] * 1.1);
            }
        }
        finally
        {
            foreach (var viewer in viewers)
                await viewer.DisposeAsync();
            foreach (var client in clients)
                await client.DisposeAsync();
        }
    }

    /// <summary>H.263 under the type of VP9, whose descriptor it can be taken for: nothing stops, and nothing false is told.</summary>
    [Fact]
    public async Task A_codec_that_is_not_what_its_type_says_goes_on_whole_and_its_rate_is_told_as_it_is()
    {
        await using var camera = await TestClient.ConnectAsync(fixture.Node);
        Socket video = await camera.ConnAsync("video", "other@127.0.0.1");
        await using var client = await TestClient.ConnectAsync(fixture.Node);
        await client.ExpectAsync("SETP video rate 10", "310 video 10");
        Socket seen = await client.ConnAsync("video", "other@127.0.0.1");
        seen.Send(Array.Empty<byte>());
        // ffmpeg's reports come from a port of their own, which must not take the place of either.
        using var reports = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        reports.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var encoder = Process.Start(new ProcessStartInfo(
            "ffmpeg",
            [
                "-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc=size=176x144:rate=30", "-c:v", "h263",
                "-b:v", "200k", "-payload_type", "98", "-sdp_file", "/dev/null", "-f", "rtp", $"rtp://127.0.0.1:{((IPEndPoint)video.RemoteEndPoint!).Port}?pkt_size=1200&rtcpport={((IPEndPoint)reports.LocalEndPoint!).Port}",
            ]))!;
        try
        {
            List<ushort> numbers = [];
            byte[] buffer = new byte[2000];
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            for (uint began = 0, last = 0; last - began < 4 * 90_000;)
            {
                int length = await seen.ReceiveAsync(buffer, limit.Token);
                if (length <= 12 || buffer[1] is >= 192 and <= 223)
                    continue;
                last = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(4));
                if (numbers.Count == 0)
                    began = last;
                numbers.Add(BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(2)));
            }

            Assert.All(numbers.Zip(numbers.Skip(1)), n => Assert.Equal((ushort)(n.First + 1), n.Second));
            string told = await client.AskAsync("GETP video rate-now");
            Assert.InRange(double.Parse(told["310 video ".Length..], CultureInfo.InvariantCulture), 29, 31);
            await client.ExpectAsync("SETP video rate 9", "510 video 9 could not set frame rate");
            await client.ExpectAsync("GETP video rate", "310 video 10");
        }
        finally
        {
            encoder.Kill();
            await encoder.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Two_percent_loss_with_nacks_decodes_nearly_all_frames()
    {
        await using var camera = await TestClient.ConnectAsync(fixture.Node);
        Socket video = await camera.ConnAsync("video", "lossy@127.0.0.1");
        await using var client = await TestClient.ConnectAsync(fixture.Node);
        await using var viewer = new Viewer(await client.ConnAsync("video", "lossy@127.0.0.1"), new Link(Loss: 0.02));
        viewer.Latch();
        int frames;
        await using (var sender = new CameraSender(video, layered: false, (1111, 600)))
        {
            await Eventually.IsTrueAsync(() => sender.Frames >= 300, TimeSpan.FromSeconds(40));
            frames = sender.Frames;
        }

        Assert.True(viewer.Dropped > 5, "nothing was lost");
        var pictures = await Pictures.ReadAsync(viewer.WholeFrames());
        int right = pictures.Count(p => p.Expected == p.Shown);
        Assert.True(right >= frames * 0.98, $"{right} of {frames} frames, {viewer.Dropped} packets lost");
    }

    [Fact]
    public async Task Who_joins_in_mid_stream_sees_a_picture_within_300_milliseconds()
    {
        await using var camera = await TestClient.ConnectAsync(fixture.Node);
        Socket video = await camera.ConnAsync("video", "joining@127.0.0.1");
        await using var first = await TestClient.ConnectAsync(fixture.Node);
        await using var early = new Viewer(await first.ConnAsync("video", "joining@127.0.0.1"));
        early.Latch();
        await using var sender = new CameraSender(video, layered: false, (1111, 500));
        await Eventually.IsTrueAsync(() => sender.Frames >= 60, TimeSpan.FromSeconds(20));

        await using var second = await TestClient.ConnectAsync(fixture.Node);
        Socket late = await second.ConnAsync("video", "joining@127.0.0.1");
        await using var viewer = new Viewer(late);
        viewer.Latch();
        await Eventually.IsTrueAsync(() => viewer.FirstPicture is not null, TimeSpan.FromSeconds(5));
        Assert.True(viewer.FirstPicture < TimeSpan.FromMilliseconds(300), $"after {viewer.FirstPicture}");
    }

    [Fact]
    public async Task Behind_a_narrow_link_a_simulcast_viewer_settles_on_the_low_layer_and_keeps_a_picture()
    {
        await using var camera = await TestClient.ConnectAsync(fixture.Node);
        await camera.ExpectAsync("SETP video layers 1111:150,2222:500,3333:1500", "310 video 1111:150,2222:500,3333:1500");
        Socket video = await camera.ConnAsync("video", "narrow@127.0.0.1");
        await using var sender = new CameraSender(video, layered: false, (1111, 150), (2222, 500), (3333, 1500));
        await using var wideClient = await TestClient.ConnectAsync(fixture.Node);
        await using var wide = new Viewer(await wideClient.ConnAsync("video", "narrow@127.0.0.1"));
        wide.Latch();
        await using var client = await TestClient.ConnectAsync(fixture.Node);
        await using var narrow = new Viewer(await client.ConnAsync("video", "narrow@127.0.0.1"), new Link(Kilobits: 300));
        narrow.Latch();
        await Eventually.IsTrueAsync(() => sender.Frames >= 30, TimeSpan.FromSeconds(20));

        // Settled: for a second nothing more is dropped on the link, and something comes.
        int start = sender.Frames;
        int dropped = -1;
        int quietSince = start;
        await Eventually.IsTrueAsync(
            () =>
            {
                if (narrow.Dropped != dropped)
                    (dropped, quietSince) = (narrow.Dropped, sender.Frames);
                return sender.Frames - quietSince >= 30;
            },
            TimeSpan.FromSeconds(20));
        Assert.InRange(quietSince - start, 0, 150);
        Assert.InRange(narrow.KilobitsOver(1), 40, 320);
        Assert.InRange(wide.KilobitsOver(1), 700, 2500);

        int seen = narrow.WholeFrames().Count;
        int at = sender.Frames;
        await Eventually.IsTrueAsync(() => sender.Frames >= at + 60, TimeSpan.FromSeconds(20));
        Assert.InRange(narrow.WholeFrames().Count - seen, 54, 66);
    }
}
