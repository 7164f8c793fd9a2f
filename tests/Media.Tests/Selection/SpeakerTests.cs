using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Selection;

/// <summary>Who speaks, and who sees whom by it.</summary>
public sealed class SpeakerTests
{
    private readonly SelectionRoom _room = new();
    private readonly ushort[] _sequence = new ushort[8];

    [Fact]
    public void Who_speaks_becomes_the_speaker_and_a_cough_changes_nothing()
    {
        SimulatedMember[] voices = [_room.Join("audio"), _room.Join("audio"), _room.Join("audio")];
        Talk(voices, 2, 0);
        Assert.Equal([voices[0].Participant], Speakers());
        Talk(voices, 0.28, 1);
        Talk(voices, 2, 0);
        Assert.Empty(Speakers());
        Talk(voices, 0.28, 0, 1);
        Talk(voices, 1, 0);
        Assert.Empty(Speakers());
        Talk(voices, 2, 2);
        Assert.Equal([voices[2].Participant], Speakers());
    }

    [Fact]
    public void Two_who_talk_at_once_do_not_flip_the_picture()
    {
        SimulatedMember[] voices = [_room.Join("audio"), _room.Join("audio")];
        Talk(voices, 1, 0);
        Talk(voices, 10, 0, 1);
        Assert.Single(Speakers());
    }

    [Fact]
    public void Without_levels_the_size_of_packets_tells_and_silence_may_be_no_packets()
    {
        SimulatedMember[] voices = [_room.Join("audio"), _room.Join("audio")];
        Talk(voices, 2, withLevel: false, 0);
        Assert.Equal([voices[0].Participant], Speakers());
        Talk(voices, 2, withLevel: false, 1);
        Assert.Equal([voices[1].Participant], Speakers());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Only_the_last_speakers_pictures_are_sent_without_a_gap_and_from_a_keyframe(int count)
    {
        SimulatedMember[] voices = [.. Enumerable.Range(0, 4).Select(_ => _room.Join("audio"))];
        SimulatedMember[] cameras = [.. Enumerable.Range(0, 4).Select(i => _room.Join("video"))];
        Vp8Source[] sources = [.. Enumerable.Range(0, 4).Select(i => new Vp8Source((uint)(1000 + i)))];
        // Camera i belongs to voice i.
        for (int i = 0; i < 4; i++)
            cameras[i].As(voices[i]);
        cameras[3].Wants = new MediaPreferences(new MediaSelection.Speakers(count));
        _room.Apply();

        foreach (int speaker in new[] { 0, 1, 2, 0, 3, 1 })
        {
            for (int frame = 0; frame < 60; frame++)
            {
                Talk(voices, 0.0334, speaker);
                for (int i = 0; i < 4; i++)
                {
                    if (cameras[i].KeyframeRequests.Any())
                        sources[i].WantsKeyframe = true;
                    cameras[i].Received.RemoveAll(p => i != 3 && p[1] == 201);
                    cameras[i].Send(sources[i].Next());
                }
            }
        }

        uint[] last = [.. cameras[3].Rtp.TakeLast(30).Select(Packets.SsrcOf).Distinct().Order()];
        // Whoever selects is not counted in.
        Assert.Equal(count == 1 ? [1001u] : [1000u, 1001u], last);
        foreach (var stream in cameras[3].Rtp.GroupBy(Packets.SsrcOf))
        {
            var sink = new Vp8Sink();
            foreach (byte[] packet in stream)
                sink.Take(packet);
            Assert.Equal(0, sink.Missing);
            List<Vp8Sink.Frame> frames = sink.Frames(3);
            Assert.All(frames, f => Assert.True(f.IsWhole));
            Assert.All(frames.Zip(frames.Skip(1)), pair => Assert.True(pair.Second.IsKeyframe || pair.Second.Number == pair.First.Number + 1));
        }
    }

    [Fact]
    public void A_speaker_who_leaves_or_has_no_camera_makes_room_for_the_one_before()
    {
        SimulatedMember[] voices = [_room.Join("audio"), _room.Join("audio"), _room.Join("audio")];
        SimulatedMember[] cameras = [_room.Join("video").As(voices[0]), _room.Join("video").As(voices[1])];
        SimulatedMember viewer = _room.Join("video", new MediaPreferences(new MediaSelection.Speakers(1)));
        Talk(voices, 1, 0);
        Talk(voices, 2, 1);
        Talk(voices, 2, 2);
        Show("1");
        _room.Leave(cameras[1]);
        Show("0");

        void Show(string expected)
        {
            viewer.Received.Clear();
            for (int i = 0; i < cameras.Length; i++)
                cameras[i].Send(System.Text.Encoding.ASCII.GetBytes($"{i}"));
            Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(Assert.Single(viewer.Received)));
        }
    }

    [Fact]
    public void What_is_no_rtp_follows_the_speaker_for_those_who_ask()
    {
        SimulatedMember[] voices = [_room.Join("audio"), _room.Join("audio")];
        SimulatedMember[] cameras = [_room.Join("video").As(voices[0]), _room.Join("video").As(voices[1]), _room.Join("video")];
        SimulatedMember all = _room.Join("video");
        cameras[2].Wants = new MediaPreferences(new MediaSelection.Speakers(1));
        _room.Apply();
        Talk(voices, 1, 1);
        foreach (SimulatedMember camera in cameras)
            camera.Send("picture"u8.ToArray());
        Assert.Single(cameras[2].Received);
        Assert.Equal(3, all.Received.Count);
    }

    private IEnumerable<ParticipantId> Speakers() => _room.Events().OfType<MediaEvent.SpeakerChanged>().Select(e => e.Participant);

    private void Talk(SimulatedMember[] voices, double seconds, params int[] loud) => Talk(voices, seconds, true, loud);

    private void Talk(SimulatedMember[] voices, double seconds, bool withLevel, params int[] loud)
    {
        for (double t = 0; t < seconds - 0.001; t += 0.02)
        {
            for (int i = 0; i < voices.Length; i++)
                voices[i].Send(withLevel ? Level((uint)(50 + i), _sequence[i]++, loud.Contains(i) ? 25 : 90) : Sized((uint)(50 + i), _sequence[i]++, loud.Contains(i) ? 80 : 8));
            _room.Advance(20);
        }
    }

    private static byte[] Sized(uint ssrc, ushort sequence, int payload) => Packets.Rtp(ssrc, sequence, new string('x', payload), 111);

    private static byte[] Level(uint ssrc, ushort sequence, int level)
    {
        byte[] plain = Sized(ssrc, sequence, 60);
        plain[0] |= 0x10;
        return [.. plain[..12], 0xBE, 0xDE, 0, 1, 0x10, (byte)(0x80 | level), 0, 0, .. plain[12..]];
    }
}
