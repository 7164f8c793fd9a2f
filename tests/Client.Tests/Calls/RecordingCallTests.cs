using System.Collections.Concurrent;
using System.Net;
using Conference.Client.Calls;
using Conference.Client.Connections;
using Conference.Client.Media;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Recording;
using Conference.Client.Tests.Relay;
using Conference.Protocol;
using Conference.Protocol.Replies;
using Conference.Protocol.Rtp;

namespace Conference.Client.Tests.Calls;

/// <summary>What a call that records says and asks for.</summary>
public sealed class RecordingCallTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("qcvc-test").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(120, "recording joe@h", "* joe is recording")]
    [InlineData(121, "recorded joe@h", "* joe has stopped recording")]
    public void Whoever_records_is_told_of_in_a_line(int code, string text, string line) =>
        Assert.Equal(line, new CallMembers().Apply(ServerEvent.From(new Reply(code, text), senders: true)));

    [Fact]
    public async Task A_picture_that_is_new_or_damaged_is_asked_for_whole()
    {
        Assert.SkipUnless(FfmpegTool.TryFind("ffmpeg", null) is not null, "ffmpeg is not installed");
        using var relay = new FakeRelay();
        await using var sender = await QcvcClient.ConnectAsync(relay.Address(), cancel: Cancel);
        int number = await sender.ConnAsync(Service.Video, relay.Address().Target, Cancel);
        var asked = new ConcurrentQueue<uint>();
        await using var port = MediaPort.Open(Service.Video, IPAddress.Loopback, new IPEndPoint(IPAddress.Loopback, number), (_, d, _) => Take(d, asked), TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var options = new CallOptions(relay.Address()) { Video = null, Audio = null, Record = new RecordOptions(_directory) { IsWhole = true } };
        var view = new TellingView();
        var call = CallSession.RunAsync(options, view, stop.Token);

        ushort sequence = 0;
        await UntilAsync(() => Send(port, sequence++), () => asked.Count == 2);
        for (int i = 0; i < 50; i++)
            Send(port, sequence++);
        Assert.Equal(2, asked.Count);
        sequence += 3;
        await UntilAsync(() => Send(port, sequence++), () => asked.Count == 3);
        Assert.All(asked, ssrc => Assert.Equal(0xCAFEu, ssrc));
        await stop.CancelAsync();
        await call;
        Assert.Contains("* everybody is told that you record", view.Told);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_told_before_anybody_is_called()
    {
        Assert.SkipUnless(FfmpegTool.TryFind("ffmpeg", null) is not null, "ffmpeg is not installed");
        using var relay = new FakeRelay();
        string file = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(file, "", Cancel);
        var options = new CallOptions(relay.Address()) { Video = null, Audio = null, Record = new RecordOptions(file) };
        var view = new TellingView();
        await Assert.ThrowsAnyAsync<IOException>(() => CallSession.RunAsync(options, view, Cancel));
        Assert.Empty(view.Told);
    }

    private static void Take(ReadOnlySpan<byte> datagram, ConcurrentQueue<uint> asked)
    {
        if (datagram.Length >= 12 && datagram[1] == RtcpType.PayloadFeedback)
            asked.Enqueue(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]));
    }

    private static void Send(MediaPort port, ushort sequence)
    {
        byte[] packet = new byte[20];
        new RtpPacket(96, true, sequence, (uint)(sequence * 3000), 0xCAFE).Write(packet);
        port.Send(packet);
    }

    private static async Task UntilAsync(Action act, Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            act();
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private sealed class TellingView : ICallView
    {
        public ConcurrentQueue<string> Told { get; } = new();

        public void Tell(string line) => Told.Enqueue(line);

        public void Show(IReadOnlyList<CallRow> rows)
        {
        }
    }
}
