using Conference.Media;
using Conference.Node.Tests.Web.Support;
using Conference.Node.Web;
using Conference.Node.Web.Sdp;
using Conference.Protocol.Session;

namespace Conference.Node.Tests.Web;

/// <summary>Which line carries what, over all offers of one browser.</summary>
public sealed class NegotiationTests
{
    private readonly Negotiation _negotiation = new();

    [Fact]
    public void Lines_on_which_others_are_shown_are_pairs_of_sound_and_picture()
    {
        var downlinks = Take(WebHost.Offer("chromium-join")).Agreement.Downlinks;
        Assert.Equal(Enumerable.Range(2, 16).Select(i => (i.ToString(), i % 2 == 1, (i - 2) / 2)), downlinks.Select(d => (d.Mid, d.IsVideo, d.Pair)));
        // They are played in step by the name of their stream.
        var streams = Take(WebHost.Offer("chromium-join")).Plan.Downlinks.Select(d => d.Slot.Stream).ToArray();
        Assert.Equal(8, streams.Distinct().Count());
        Assert.All(Enumerable.Range(0, 8), i => Assert.Equal(streams[2 * i], streams[(2 * i) + 1]));
    }

    [Fact]
    public void The_second_picture_is_a_screen_and_stays_one_when_the_first_ends()
    {
        string screen = Sending("chromium-call", 1, "9");
        Assert.Equal([("0", "audio"), ("1", "video")], Services(Take(WebHost.Offer("chromium-call"))));
        Assert.Equal([("0", "audio"), ("1", "video"), ("9", "screen")], Services(Take(WithLine("chromium-call", screen, "9"))));
        // The camera stops; its line is still offered.
        string stopped = WithLine("chromium-call", screen, "9").Replace("a=mid:1\n", "a=mid:1\na=inactive\n", StringComparison.Ordinal);
        Assert.Equal([("0", "audio"), ("9", "screen")], Services(Take(stopped)));
        Assert.Equal([("0", "audio"), ("1", "video"), ("9", "screen")], Services(Take(WithLine("chromium-call", screen, "9"))));
    }

    [Fact]
    public void A_third_picture_and_a_second_sound_are_not_taken()
    {
        string offer = WithLine("chromium-call", Sending("chromium-call", 1, "7"), "7");
        offer = WithLine(offer, Sending("chromium-call", 1, "8"), "8", isText: true);
        offer = WithLine(offer, Sending("chromium-call", 0, "9"), "9", isText: true);
        var agreed = Take(offer);
        Assert.Equal([("0", "audio"), ("1", "video"), ("7", "screen")], Services(agreed));
        Assert.Equal(["8", "9"], agreed.Plan.Lines.OfType<AnswerLine.Idle>().Select(l => l.Offered.Mid));
    }

    [Fact]
    public void A_line_that_is_offered_no_more_leaves_its_service_to_the_next()
    {
        Take(WebHost.Offer("chromium-call"));
        string other = WebHost.Offer("chromium-call").Replace("a=mid:1\n", "a=mid:5\n", StringComparison.Ordinal).Replace("BUNDLE 0 1", "BUNDLE 0 5", StringComparison.Ordinal);
        Assert.Equal([("0", "audio"), ("5", "video")], Services(Take(other)));
    }

    [Fact]
    public void Layers_keep_their_numbers_and_only_what_is_new_is_told_to_the_session()
    {
        var first = Take(WebHost.Offer("chromium-join"));
        Assert.Equal(["audio", "video"], first.Layers.Select(l => l.Service.ToString()));
        Assert.Equal(SimulcastLayers.None, first.Layers[0].Layers);
        Assert.Equal([150, 500, 1500], first.Layers[1].Layers.All.Select(l => l.Kilobits));
        var second = Take(WebHost.Offer("chromium-join"));
        Assert.Empty(second.Layers);
        Assert.Equal(first.Agreement.Uplinks.SelectMany(u => u.Layers), second.Agreement.Uplinks.SelectMany(u => u.Layers));
        // Two of them left.
        var fewer = Take(WebHost.Offer("chromium-join").Replace("a=rid:f send\n", "", StringComparison.Ordinal).Replace("send q;h;f", "send q;h", StringComparison.Ordinal));
        Assert.Equal([500, 1500], Assert.Single(fewer.Layers).Layers.All.Select(l => l.Kilobits));
        Assert.Equal(first.Layers[1].Layers.All.Take(2).Select(l => l.Ssrc), fewer.Layers[0].Layers.All.Select(l => l.Ssrc));
    }

    [Fact]
    public void A_picture_without_layers_is_known_by_the_number_it_announces()
    {
        var video = Take(WebHost.Offer("safari")).Agreement.Uplinks[1];
        var layer = Assert.Single(video.Layers);
        Assert.Equal(("", new Ssrc(3463951252), new Ssrc(1461041037)), (layer.Rid, layer.Announced, layer.AnnouncedRtx));
        Assert.NotEqual(layer.Announced, layer.Ssrc);
        // Packets of layers with a name say themselves which they are.
        Assert.All(Take(WebHost.Offer("chromium-join")).Agreement.Uplinks[1].Layers, l => Assert.Null(l.Announced));
    }

    [Fact]
    public void Extensions_have_one_set_of_ids_for_all_lines()
    {
        var ids = Take(WebHost.Offer("firefox")).Agreement.Extensions;
        Assert.Equal(8, ids.Rid);
        Assert.NotEqual(0, ids.Mid);
        Assert.NotEqual(0, ids.AudioLevel);
    }

    [Fact]
    public void Lines_do_not_become_more_for_ever()
    {
        for (int i = 0; i < 40; i++)
        {
            string offer = WebHost.Offer("chromium-join");
            for (int mid = 17; mid >= 2; mid--)
                offer = offer.Replace($"a=mid:{mid}\n", $"a=mid:{(100 * i) + mid}\n", StringComparison.Ordinal);
            offer = offer.Replace("BUNDLE 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "BUNDLE 0 1 " + string.Join(' ', Enumerable.Range((100 * i) + 2, 16)), StringComparison.Ordinal);
            var agreed = Take(offer);
            Assert.Equal(i < Negotiation.MaxSlots / 16 ? 16 : 0, agreed.Agreement.Downlinks.Length);
            Assert.Equal(18, agreed.Plan.Lines.Count);
        }
    }

    [Fact]
    public void A_name_that_was_a_picture_is_not_a_sound_later()
    {
        string offer = WebHost.Offer("chromium-join");
        Take(offer);
        string swapped = offer.Replace("a=mid:2\n", "a=mid:x\n", StringComparison.Ordinal).Replace("a=mid:3\n", "a=mid:2\n", StringComparison.Ordinal)
            .Replace("a=mid:x\n", "a=mid:3\n", StringComparison.Ordinal);
        Assert.Equal(["2", "3"], Take(swapped).Plan.Lines.OfType<AnswerLine.Idle>().Select(l => l.Offered.Mid).Order());
    }

    private static IEnumerable<(string Mid, string Service)> Services(NegotiatedOffer agreed) => agreed.Agreement.Uplinks.Select(u => (u.Mid, u.Service.Value));

    /// <summary>A line of an offer, under another name.</summary>
    private static string Sending(string name, int line, string mid) => WebHost.Offer(name).Split("\nm=")[line + 1].TrimEnd('\n').Replace($"a=mid:{line}", $"a=mid:{mid}", StringComparison.Ordinal);

    private static string WithLine(string offer, string line, string mid, bool isText = false)
    {
        string text = (isText ? offer : WebHost.Offer(offer)).TrimEnd('\n');
        string group = text.Split('\n').Single(l => l.StartsWith("a=group:BUNDLE", StringComparison.Ordinal)).TrimEnd();
        return text.Replace(group, $"{group} {mid}", StringComparison.Ordinal) + "\nm=" + line + "\n";
    }

    private NegotiatedOffer Take(string sdp)
    {
        Assert.True(Offer.TryRead(sdp, out var offer, out string problem), problem);
        return _negotiation.Take(offer);
    }
}
