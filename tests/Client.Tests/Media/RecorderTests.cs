using System.Diagnostics;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Recording;
using Conference.Client.Media.Rtp;
using Conference.Protocol;
using Conference.Protocol.Rtp;

namespace Conference.Client.Tests.Media;

public sealed class RecorderTests : IDisposable
{
    private const int SamplesPerPacket = 160;

    private readonly string _directory = Directory.CreateTempSubdirectory("qcvc-test").FullName;
    private readonly RtpSourceTable _sources = new(Service.Audio, TimeProvider.System);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Packets_from_before_the_file_began_are_in_it_and_two_of_one_name_get_a_file_each()
    {
        await using var recorder = CreateRecorder();
        Describe(1, "joe@h", "aaaa");
        Describe(2, "joe@h", "bbbb");
        for (int i = 0; i < 200; i++)
        {
            Send(recorder, 1, i);
            Send(recorder, 2, i);
        }

        var results = await recorder.FinishAsync();
        Assert.Equal(["joe-2.mkv", "joe.mkv"], results.Select(r => Path.GetFileName(r.File)).Order());
        Assert.All(results, r => Assert.Equal(("joe", 200, 0, null), (r.Member, r.Packets, r.Dropped, r.Error)));
        Assert.All(results, r => Assert.Equal(200 * SamplesPerPacket, SamplesIn(r.File)));
    }

    [Fact]
    public async Task A_member_that_says_goodbye_has_its_file_while_the_call_goes_on()
    {
        await using var recorder = CreateRecorder();
        Describe(1, "joe@h", "aaaa");
        for (int i = 0; i < 50; i++)
            Send(recorder, 1, i);
        Describe(1, "joe@h", "aaaa", goodbye: true);
        string file = Path.Combine(_directory, "joe.mkv");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!(File.Exists(file) && new FileInfo(file).Length > 50 * SamplesPerPacket))
            await look.WaitForNextTickAsync(limit.Token);
        var result = Assert.Single(await recorder.FinishAsync());
        Assert.Equal(50 * SamplesPerPacket, SamplesIn(result.File));
    }

    [Fact]
    public async Task Who_is_never_described_is_recorded_under_a_number_and_unknown_codecs_are_not()
    {
        await using var recorder = CreateRecorder();
        Send(recorder, 0xABC, 0);
        Send(recorder, 0xABC, 1);
        Send(recorder, 0xDEF, 0, payloadType: 77 + 32);
        var result = Assert.Single(await recorder.FinishAsync());
        Assert.Equal("unknown-00000abc.mkv", Path.GetFileName(result.File));
        Assert.Equal(1, recorder.NotRecorded);
    }

    [Fact]
    public async Task A_member_that_takes_another_codec_gets_a_new_file_and_nothing_is_lost()
    {
        await using var recorder = CreateRecorder();
        Describe(1, "joe@h", "aaaa");
        long second = TimeProvider.System.TimestampFrequency, now = TimeProvider.System.GetTimestamp() - (10 * second);
        for (int i = 0; i < 100; i++)
            Send(recorder, 1, i, at: now);
        for (int i = 100; i < 250; i++)
            Send(recorder, 1, i, payloadType: 8, at: now + (5 * second));
        // Comfort noise belongs to whatever is spoken in.
        Send(recorder, 1, 250, payloadType: 13, at: now + (5 * second));
        var results = await recorder.FinishAsync();
        Assert.All(results, r => Assert.Null(r.Error));
        Assert.Equal([100, 150], results.OrderBy(r => r.Packets).Select(r => r.Packets));
        Assert.Equal(new[] { 100 * SamplesPerPacket, 150 * SamplesPerPacket }, results.OrderBy(r => r.Packets).Select(r => SamplesIn(r.File)));
    }

    [Fact]
    public async Task A_sender_that_changes_its_codec_all_the_time_does_not_cost_a_file_each_time()
    {
        await using var recorder = CreateRecorder();
        Describe(1, "joe@h", "aaaa");
        for (int i = 0; i < 100; i++)
        {
            Send(recorder, 1, i);
            Send(recorder, 1, 5000 + i, payloadType: 8);
        }

        var result = Assert.Single(await recorder.FinishAsync());
        Assert.Equal(100 * SamplesPerPacket, SamplesIn(result.File));
    }

    [Fact]
    public async Task The_servers_word_goes_before_a_senders_own_and_keeps_two_of_one_name_apart()
    {
        await using var recorder = CreateRecorder();
        recorder.KnowsOwners = true;
        Describe(1, "alice@h", "aaaa");
        var owners = new Dictionary<uint, SourceOwner> { [1] = new("mallory", 1), [2] = new("mallory", 2) };
        for (int i = 0; i < 10; i++)
        {
            Send(recorder, 1, i);
            Send(recorder, 2, i);
            _sources.Own(owners.GetValueOrDefault);
        }

        Assert.Equal(["mallory-2.mkv", "mallory.mkv"], (await recorder.FinishAsync()).Select(r => Path.GetFileName(r.File)).Order());
    }

    [Fact]
    public async Task A_directory_that_went_away_is_told_and_ends_nothing_else()
    {
        await using var recorder = CreateRecorder();
        Directory.Delete(_directory, recursive: true);
        Describe(1, "joe@h", "aaaa");
        for (int i = 0; i < 10; i++)
            Send(recorder, 1, i);
        var result = Assert.Single(await recorder.FinishAsync());
        Assert.NotNull(result.Error);
        Assert.Equal((0, 10), (result.Packets, result.Dropped));
        Directory.CreateDirectory(_directory);
    }

    [Fact]
    public async Task Who_is_not_in_the_room_any_more_and_falls_silent_has_a_file()
    {
        await using var recorder = CreateRecorder();
        Describe(1, "joe@h", "aaaa");
        for (int i = 0; i < 50; i++)
            Send(recorder, 1, i);
        recorder.Present = new HashSet<string>(["alice"]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        string file = Path.Combine(_directory, "joe.mkv");
        while (!(File.Exists(file) && IsWhole(file)))
            await look.WaitForNextTickAsync(limit.Token);
        for (int i = 50; i < 100; i++)
            Send(recorder, 1, i);
        Assert.Equal([50, 50], (await recorder.FinishAsync()).Select(r => r.Packets));
    }

    private Recorder CreateRecorder()
    {
        try
        {
            return new Recorder(FfmpegTool.Find(), new RecordOptions(_directory), TimeProvider.System);
        }
        catch (FfmpegMissingException)
        {
            Assert.Skip("ffmpeg is not installed");
            throw;
        }
    }

    private void Describe(uint ssrc, string cname, string session, bool goodbye = false)
    {
        byte[] packet = new byte[RtcpWriter.MaxBytes];
        int length = RtcpWriter.WriteCompound(packet, new SourceDescription(ssrc, cname, session), [], goodbye);
        _sources.Add(packet.AsSpan(0, length), TimeProvider.System.GetTimestamp());
    }

    /// <summary>PCMU: every byte is a sample, so what is in the file can be counted to the packet.</summary>
    private void Send(Recorder recorder, uint ssrc, int number, byte payloadType = 0, long? at = null)
    {
        byte[] packet = new byte[12 + SamplesPerPacket];
        new RtpPacket(payloadType, false, (ushort)number, (uint)(number * SamplesPerPacket), ssrc).Write(packet);
        long now = at ?? TimeProvider.System.GetTimestamp();
        recorder.Add(_sources.Add(packet, now)!, packet, now);
    }

    /// <summary>The index is written last.</summary>
    private static bool IsWhole(string file) => File.ReadAllBytes(file).AsSpan().IndexOf(new byte[] { 0x1C, 0x53, 0xBB, 0x6B }) >= 0;

    private static int SamplesIn(string file)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-v", "error", "-i", file, "-f", "s16le", "-"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return (int)output.Length / 2;
    }
}
