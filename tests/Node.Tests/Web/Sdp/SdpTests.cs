using System.Diagnostics;
using System.Net;
using Conference.Media.Web;
using Conference.Node.Web.Sdp;

namespace Conference.Node.Tests.Web.Sdp;

public sealed class SdpTests
{
    private static readonly AnswerTransport _transport = new(
        "ours", "ourpasswordourpasswordxx", CertificateFingerprint.Of("certificate"u8), IPAddress.Parse("192.0.2.7"), 11443, HasUdp: true, HasTcp: true);

    public static TheoryData<string> Offers { get; } = ["chromium-join", "chromium-call", "firefox", "safari", "gstreamer", "obs"];

    [Theory, MemberData(nameof(Offers))]
    public void Every_offer_is_answered_line_by_line(string name)
    {
        Offer offer = Read(name);
        AnswerPlan plan = Plan(offer);
        SdpSession answer = Parse(plan);
        Assert.Equal(offer.Lines.Select(l => (l.Media.Kind, l.Media.Protocol)), answer.Media.Select(m => (m.Kind, m.Protocol)));
        Assert.Contains(new SdpAttribute("ice-lite", ""), answer.Attributes);
        Assert.Equal($"BUNDLE {string.Join(' ', plan.Lines.OfType<AnswerLine.Accepted>().Select(l => l.Offered.Mid))}", answer.Attributes.Single(a => a.Name == "group").Value);
        foreach ((AnswerLine line, SdpMedia media) in plan.Lines.Zip(answer.Media))
        {
            Assert.Equal(line.Offered.Mid, Value(media, "mid"));
            if (line is AnswerLine.Refused)
            {
                Assert.Equal(0, media.Port);
                continue;
            }

            Assert.Equal(9, media.Port);
            Assert.Equal("passive", Value(media, "setup"));
            Assert.Equal("ours", Value(media, "ice-ufrag"));
            Assert.Equal("ourpasswordourpasswordxx", Value(media, "ice-pwd"));
            Assert.Equal(_transport.Fingerprint.ToString(), Value(media, "fingerprint"));
            Assert.All((string[])["rtcp-mux", "rtcp-rsize"], a => Assert.Contains(new SdpAttribute(a, ""), media.Attributes));
            AssertOffered(line.Offered, media);
        }

        // One place says where we are.
        SdpMedia first = Assert.Single(answer.Media, m => m.Attributes.Any(a => a.Name == "candidate"));
        Assert.Same(answer.Media.First(m => m.Port != 0), first);
        Assert.Equal(
            ["1 1 udp 2130706431 192.0.2.7 11443 typ host", "2 1 tcp 1671430143 192.0.2.7 11443 typ host tcptype passive"],
            first.Attributes.Where(a => a.Name == "candidate").Select(a => a.Value));
        Assert.Contains(new SdpAttribute("end-of-candidates", ""), first.Attributes);
    }

    [Fact]
    public void Chromium_sends_three_layers_and_gets_eight_pairs_of_slots()
    {
        AnswerPlan plan = Plan(Read("chromium-join"));
        AnswerLine.Uplink[] up = [.. plan.Uplinks];
        Assert.Equal([new WebPayloadType(111, 111, null), new WebPayloadType(96, 96, 97)], plan.UplinkTypes);
        Assert.Equal(["q", "h", "f"], up[1].Rids);
        Assert.True(up[0].UsesTransportFeedback && up[1].UsesTransportFeedback);
        Assert.Equal(16, plan.Downlinks.Count());
        // Whatever others send, it can be shown.
        Assert.Equal([new WebPayloadType(111, 111, null), new WebPayloadType(96, 96, 97), new WebPayloadType(108, 102, 109)], plan.DownlinkTypes);

        SdpSession answer = Parse(plan);
        SdpMedia video = answer.Media[1];
        Assert.Equal(["96", "97"], video.Formats);
        Assert.Equal(["q recv", "h recv", "f recv"], Values(video, "rid"));
        Assert.Equal("recv q;h;f", Value(video, "simulcast"));
        Assert.Contains(new SdpAttribute("recvonly", ""), video.Attributes);
        Assert.Equal(["96 nack", "96 nack pli", "96 ccm fir", "96 transport-cc"], Values(video, "rtcp-fb"));
        Assert.Equal(
            [Extensions.Mid, Extensions.TransportSequence, Extensions.Rid, Extensions.RepairedRid], Values(video, "extmap").Select(v => v.Split(' ')[1]));
        Assert.Contains("1 " + Extensions.AudioLevel, Values(answer.Media[0], "extmap"));
    }

    [Fact]
    public void A_slot_names_its_stream_before_what_is_sent_again()
    {
        SdpMedia video = Parse(Plan(Read("chromium-join"))).Media[3];
        Assert.Equal(["96", "97", "108", "109"], video.Formats);
        Assert.Contains(new SdpAttribute("sendonly", ""), video.Attributes);
        Assert.Equal(["1003 cname:slot-3", "2003 cname:slot-3"], Values(video, "ssrc"));
        Assert.Equal("FID 1003 2003", Value(video, "ssrc-group"));
        Assert.Equal("slot-3 slot-3-video", Value(video, "msid"));
        // A browser says what it estimates only where it has the time of sending and no transport-wide feedback.
        Assert.Contains("96 goog-remb", Values(video, "rtcp-fb"));
        Assert.DoesNotContain(Values(video, "rtcp-fb"), f => f.Contains("transport-cc", StringComparison.Ordinal));
        Assert.Equal([Extensions.Mid, Extensions.AbsoluteSendTime], Values(video, "extmap").Select(v => v.Split(' ')[1]));
        Assert.Equal("apt=108", Values(video, "fmtp").Single(f => f.StartsWith("109 ", StringComparison.Ordinal))[4..]);

        SdpMedia audio = Parse(Plan(Read("chromium-join"))).Media[2];
        Assert.Equal(["1002 cname:slot-2"], Values(audio, "ssrc"));
        Assert.Null(Value(audio, "ssrc-group"));
    }

    [Fact]
    public void A_data_channel_is_refused_and_the_rest_is_not()
    {
        AnswerPlan plan = Plan(Read("chromium-call"));
        Assert.Equal([typeof(AnswerLine.Uplink), typeof(AnswerLine.Uplink), typeof(AnswerLine.Refused)], plan.Lines.Select(l => l.GetType()));
        Assert.Equal(["webrtc-datachannel"], Parse(plan).Media[2].Formats);
        Assert.Single(plan.Uplinks.Last().Offered.Sources);
        Assert.NotNull(plan.Uplinks.Last().Offered.Sources[0].Rtx);
    }

    [Fact]
    public void Firefox_has_numbers_of_its_own_and_lines_for_the_bundle_only()
    {
        AnswerPlan plan = Plan(Read("firefox"));
        Assert.Equal([new WebPayloadType(109, 111, null), new WebPayloadType(120, 96, 124)], plan.UplinkTypes);
        Assert.Equal([new WebPayloadType(109, 111, null), new WebPayloadType(120, 96, 124), new WebPayloadType(126, 102, 127)], plan.DownlinkTypes);
        Assert.Equal(["q", "h", "f"], plan.Uplinks.Last().Rids);
        Assert.Equal(8, plan.Uplinks.Last().Extensions[Extensions.Rid]);
        Assert.Equal("a1b2c3d4", plan.Offer.IceUfrag);
    }

    [Fact]
    public void Safari_means_H264_by_96()
    {
        Offer offer = Read("safari");
        Assert.Equal(new WebPayloadType(100, 96, 101), Plan(offer).UplinkTypes[1]);
        // The profile everybody has, although it is not Safari's favourite.
        Assert.Equal(new WebPayloadType(98, 102, 99), AnswerPlan.Make(offer, [HouseCodec.H264, HouseCodec.Vp8], _ => null).UplinkTypes[1]);
        Assert.Equal([new OfferedSource(3463951252, 1461041037)], offer.Lines[1].Sources);
        // It offers both ways, and is answered the one that is wanted.
        Assert.Contains(new SdpAttribute("recvonly", ""), Parse(Plan(offer)).Media[1].Attributes);
    }

    [Theory, InlineData("gstreamer", 98, true), InlineData("obs", 111, false)]
    public void What_publishes_H264_only_does_so(string name, byte opus, bool hasTransportFeedback)
    {
        AnswerPlan plan = Plan(Read(name));
        Assert.Equal(2, plan.Uplinks.Count());
        Assert.Equal([102, 111], plan.UplinkTypes.Select(t => (int)t.Room).Order());
        Assert.Equal(opus, plan.UplinkTypes.Single(t => t.Room == 111).Browser);
        Assert.Equal(hasTransportFeedback, plan.Uplinks.Single(u => u.Offered.IsVideo).UsesTransportFeedback);
        Assert.Equal(!hasTransportFeedback, plan.Uplinks.Single(u => u.Offered.IsVideo).Codecs[0].Feedback.Contains("goog-remb"));
    }

    [Fact]
    public void Lines_end_by_either_end_and_hold_what_is_not_understood()
    {
        string text = Text("safari");
        Assert.True(Offer.TryRead(text.ReplaceLineEndings("\r\n") + "\r\n\r\n", out Offer? offer, out _));
        Assert.Equal(2, offer.Lines.Count);
        Assert.True(Offer.TryRead(text.Replace("t=0 0", "t=0 0\ni=x\nu=x\na=\na=:\na=group\na=group:LS 0 1", StringComparison.Ordinal), out _, out string problem), problem);
        Assert.True(Offer.TryRead(text.Replace("a=mid:1", "a=mid:1\na=extmap:x y\na=extmap:0 y\na=extmap:999 y\na=rtpmap:\na=rtpmap:96\na=rtpmap:96 a/b\na=fmtp:300 x\na=rid:\na=rid:a\na=ssrc:\na=ssrc-group:FID 1\na=simulcast:send", StringComparison.Ordinal), out offer, out problem), problem);
        Assert.Equal(new WebPayloadType(100, 96, 101), Plan(offer).UplinkTypes[1]);
    }

    [Theory]
    [InlineData("", "line 1 is not of the form x=value")]
    [InlineData("hello", "line 1 is not of the form x=value")]
    [InlineData("v=1", "it does not begin with v=0")]
    [InlineData("v=0\nv=0", "it does not begin with v=0")]
    [InlineData("v=0\nm=audio", "line 2 is no m-line")]
    [InlineData("v=0\nm=audio x RTP/AVP 0", "line 2 is no m-line")]
    [InlineData("v=0\nm=audio 65536 RTP/AVP 0", "line 2 is no m-line")]
    [InlineData("v=0\na=x\rm=audio", "line 2 is not of the form x=value")]
    [InlineData("v=0\na=x\0", "line 2 is not of the form x=value")]
    [InlineData("v=0\n\na=x", "line 2 is not of the form x=value")]
    [InlineData("v=0\ns=-\nt=0 0", "has no m-line")]
    public void What_is_no_offer_is_told_in_a_sentence(string text, string expected)
    {
        Assert.False(Offer.TryRead(text, out Offer? offer, out string problem));
        Assert.Null(offer);
        Assert.StartsWith("The offer ", problem, StringComparison.Ordinal);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=setup:actpass", "a=setup:passive", "waits for the DTLS handshake")]
    [InlineData("a=setup:actpass", "a=x", "waits for the DTLS handshake")]
    [InlineData("a=fingerprint:sha-256", "a=fingerprint:sha-1", "no a=fingerprint")]
    [InlineData("a=ice-ufrag:Xf3q", "a=ice-ufrag:Xf", "no a=ice-ufrag")]
    [InlineData("a=group:BUNDLE 0 1", "a=group:LS 0 1", "no BUNDLE group")]
    [InlineData("a=group:BUNDLE 0 1", "a=group:BUNDLE", "no m-line for audio or video")]
    [InlineData("a=rtcp-mux", "a=x", "no m-line for audio or video")]
    [InlineData("UDP/TLS/RTP/SAVPF", "RTP/AVP", "no m-line for audio or video")]
    [InlineData("a=mid:1", "a=mid:0", "m-line 2 has a mid that is")]
    [InlineData("a=mid:1", "a=mid:a b", "m-line 2 has a mid that is")]
    public void What_cannot_be_answered_is_told_in_a_sentence(string part, string instead, string expected)
    {
        Assert.False(Offer.TryRead(Text("safari").Replace(part, instead, StringComparison.Ordinal), out _, out string problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_megabyte_is_refused_without_a_look_at_it()
    {
        string megabyte = Text("safari") + new string('x', 1 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(Offer.TryRead(megabyte, out _, out string problem));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        Assert.Equal("The offer cannot be read: it is longer than 262144 characters.", problem);
    }

    [Theory, InlineData(100), InlineData(128)]
    public void A_hundred_lines_are_answered(int lines)
    {
        Assert.True(Offer.TryRead(Many(lines), out Offer? offer, out string problem), problem);
        SdpSession answer = Parse(Plan(offer));
        Assert.Equal(lines, answer.Media.Count);
        Assert.Equal(lines, answer.Media.Select(m => Value(m, "ssrc")).Distinct().Count());
    }

    [Fact]
    public void One_line_more_is_one_too_many()
    {
        Assert.False(Offer.TryRead(Many(129), out _, out string problem));
        Assert.Contains("m-line 129, and 128 are read", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=rtpmap:96 VP8/90000\n")]
    [InlineData("a=ssrc:1 cname:x\n")]
    [InlineData("a=rid:abc send\n")]
    [InlineData("a=fmtp:100 apt=96;apt=96;apt=96;apt=96;apt=96\n")]
    [InlineData("a=rtcp-fb:* nack\n")]
    [InlineData("a=extmap:1 urn:x\n")]
    [InlineData("m=x 0 x x\n")]
    public void A_quarter_of_a_megabyte_of_one_thing_is_read_at_once(string line)
    {
        string text = Text("safari");
        int room = SdpSession.MaxLength - text.Length;
        string whole = text + string.Concat(Enumerable.Repeat(line, line[0] == 'm' ? 126 : room / line.Length));
        Process self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime;
        Offer.TryRead(whole, out Offer? offer, out _);
        Assert.NotNull(offer);
        Assert.True(AnswerWriter.Write(Plan(offer), _transport, 1, 1).Length < 100_000);
        self.Refresh();
        // What grows by the square of it would take minutes.
        Assert.True(self.TotalProcessorTime - before < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Without_a_codec_in_common_there_is_nothing_to_connect_for()
    {
        Assert.True(Offer.TryRead(Text("obs").Replace("opus", "speex", StringComparison.Ordinal).Replace("H264", "H263", StringComparison.Ordinal), out Offer? offer, out _));
        AnswerPlan plan = Plan(offer);
        Assert.False(plan.HasMedia);
        Assert.All(Parse(plan).Media, m => Assert.Equal(0, m.Port));
        Assert.True(Plan(Read("obs")).HasMedia);
    }

    [Fact]
    public void A_line_that_is_not_used_any_more_stays_refused_and_the_next_says_where_we_are()
    {
        string text = Text("safari").Replace("m=audio 9", "m=audio 0", StringComparison.Ordinal);
        Assert.True(Offer.TryRead(text, out Offer? offer, out _));
        SdpSession answer = Parse(Plan(offer));
        Assert.Equal([0, 9], answer.Media.Select(m => m.Port));
        Assert.Equal("BUNDLE 1", answer.Attributes.Single(a => a.Name == "group").Value);
        Assert.Equal(2, Values(answer.Media[1], "candidate").Count());
    }

    [Fact]
    public void One_line_needs_no_group_and_no_name()
    {
        string text = Text("obs");
        text = text[..text.IndexOf("m=video", StringComparison.Ordinal)].Replace("a=group:BUNDLE 0 1\n", "", StringComparison.Ordinal).Replace("a=mid:0\n", "", StringComparison.Ordinal);
        Assert.True(Offer.TryRead(text, out Offer? offer, out string problem), problem);
        SdpSession answer = Parse(Plan(offer));
        Assert.DoesNotContain(answer.Attributes, a => a.Name == "group");
        Assert.Null(Value(answer.Media[0], "mid"));
    }

    [Fact]
    public void A_receiving_line_without_a_slot_is_idle_and_no_more_than_three_layers_are_taken()
    {
        Offer offer = Read("chromium-join");
        AnswerPlan plan = AnswerPlan.Make(offer, [HouseCodec.Vp8], _ => null);
        Assert.Empty(plan.Downlinks);
        Assert.Equal(16, Parse(plan).Media.Count(m => m.Attributes.Contains(new SdpAttribute("inactive", ""))));
        string five = Text("chromium-join").Replace("a=rid:f send", "a=rid:f send\na=rid:g send\na=rid:i send", StringComparison.Ordinal)
            .Replace("send q;h;f", "send q,x;~h;g;i;f;undeclared", StringComparison.Ordinal);
        Assert.True(Offer.TryRead(five, out Offer? more, out _));
        Assert.Equal(["q", "h", "g"], Plan(more).Uplinks.Last().Rids);
    }

    private static AnswerPlan Plan(Offer offer) => AnswerPlan.Make(
        offer, [HouseCodec.Vp8, HouseCodec.H264], line => new AnswerSlot((uint)(1000 + line.Index), (uint)(2000 + line.Index), $"slot-{line.Index}"));

    private static SdpSession Parse(AnswerPlan plan)
    {
        string text = AnswerWriter.Write(plan, _transport, 42, 3);
        Assert.StartsWith("v=0\r\no=- 42 3 IN IP4 0.0.0.0\r\n", text, StringComparison.Ordinal);
        Assert.Equal(text, text.ReplaceLineEndings("\r\n"));
        Assert.True(SdpSession.TryParse(text, out SdpSession? answer, out string problem), problem);
        return answer;
    }

    /// <summary>Nothing is answered that was not offered.</summary>
    private static void AssertOffered(OfferedLine line, SdpMedia media)
    {
        Assert.Subset(line.Media.Formats.ToHashSet(), media.Formats.ToHashSet());
        foreach (string extension in Values(media, "extmap"))
            Assert.Equal(line.Extensions[extension.Split(' ')[1]].ToString(), extension.Split(' ')[0]);
        foreach (string feedback in Values(media, "rtcp-fb"))
            Assert.Contains(new SdpAttribute("rtcp-fb", feedback), line.Media.Attributes);
        foreach (string rid in Values(media, "rid"))
            Assert.Contains(line.Media.Attributes, a => a.Name == "rid" && a.Value.StartsWith(rid.Replace("recv", "send", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    private static string Many(int lines)
    {
        string[] parts = Text("chromium-join").Split("\nm=");
        string slot = parts[4].Replace("a=mid:3", "a=mid:{0}", StringComparison.Ordinal);
        // A browser's own words would be too long for so many: only VP8 is left of them.
        slot = string.Join('\n', slot.Split('\n').Where(l => !l.StartsWith("a=rtpmap", StringComparison.Ordinal) && !l.StartsWith("a=rtcp-fb", StringComparison.Ordinal)
            && !l.StartsWith("a=fmtp", StringComparison.Ordinal)).Append("a=rtpmap:96 VP8/90000"));
        string session = parts[0].Split("a=group")[0] + "a=group:BUNDLE " + string.Join(' ', Enumerable.Range(0, lines));
        return session + string.Concat(Enumerable.Range(0, lines).Select(i => "\nm=" + slot.Replace("{0}", i.ToString(), StringComparison.Ordinal)));
    }

    private static Offer Read(string name)
    {
        Assert.True(Offer.TryRead(Text(name), out Offer? offer, out string problem), problem);
        return offer;
    }

    private static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Offers", name + ".sdp")).ReplaceLineEndings("\n");

    private static string? Value(SdpMedia media, string name) => media.Attributes.FirstOrDefault(a => a.Name == name).Value;

    private static IEnumerable<string> Values(SdpMedia media, string name) => media.Attributes.Where(a => a.Name == name).Select(a => a.Value);
}
