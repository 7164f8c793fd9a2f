using Conference.Media.Layers;

namespace Conference.Media.Tests.Selection;

/// <summary>What a receiver's link takes is found out: down at once, up by trial.</summary>
public sealed class ReceiverPathTests
{
    private const int Small = 203, Middle = 688, Large = 1168;

    private readonly SelectionRoom _room = new();
    private readonly SimulatedMember _alice;
    private readonly Vp8Source[] _sources;
    private readonly List<SimulatedLink> _links = [];
    private int _asked;

    public ReceiverPathTests()
    {
        _alice = _room.Join(layers: [(1111, 150), (2222, 500), (3333, 1700)]);
        // About as many kbit/s as is said of them.
        _sources = [Source(1111, Small, 3), Source(2222, Middle, 3), Source(3333, Large, 6)];
    }

    [Fact]
    public void A_narrow_link_has_the_small_layer_and_is_tried_less_and_less_often()
    {
        SimulatedLink bob = Join(width: 300);
        Run(3);
        bob.Came.Clear();
        Run(57);
        int before = bob.Lost;
        int trials = Larger(bob);
        Run(180);
        Assert.InRange(trials, 1, 4);
        Assert.InRange(Larger(bob) - trials, 1, 4);
        Assert.Equal(Small, bob.LastLength);
        Assert.True(bob.Lost - before < bob.Came.Count * 0.03, $"{bob.Lost - before} lost of {bob.Came.Count}");
    }

    [Fact]
    public void A_link_that_widens_has_the_large_layer_again()
    {
        SimulatedLink bob = Join(width: 300);
        Run(60);
        Assert.Equal(Small, bob.LastLength);
        bob.Width = 4000;
        Run(75);
        Assert.Equal(Large, bob.LastLength);
        int before = bob.Came.Count;
        Run(60);
        Assert.All(bob.Came[before..], p => Assert.Equal(Large, p.Length));
    }

    [Fact]
    public void A_link_that_becomes_narrow_has_less_within_seconds()
    {
        SimulatedLink bob = Join(width: 4000);
        Run(20);
        bob.Width = 700;
        Run(5);
        Assert.Equal(Middle, bob.LastLength);
        bob.Width = 250;
        Run(5);
        Assert.Equal(Small, bob.LastLength);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void What_is_lost_by_chance_is_no_congestion(int seed)
    {
        SimulatedLink bob = Join(width: 4000, seed: seed, loss: 0.02);
        Run(2);
        bob.Came.Clear();
        Run(120);
        Assert.All(bob.Came, p => Assert.Equal(Large, p.Length));
        Assert.False(bob.Lost == 0);
    }

    [Fact]
    public void Nor_does_it_keep_anybody_from_climbing()
    {
        SimulatedLink bob = Join(width: 300, loss: 0.03);
        Run(20);
        bob.Width = 4000;
        Run(75);
        Assert.Equal(Large, bob.LastLength);
    }

    [Fact]
    public void An_estimate_that_follows_what_is_sent_limits_nothing()
    {
        SimulatedLink bob = Join(width: 100_000, estimates: true);
        Run(2);
        bob.Came.Clear();
        Run(60);
        Assert.All(bob.Came, p => Assert.Equal(Large, p.Length));
        // Little for a while, and then much at once, which the estimate follows slowly.
        Want(bob, new MediaPreferences(MediaSelection.All, Compression: 100));
        Run(30);
        Assert.Equal(Small, bob.LastLength);
        Want(bob, MediaPreferences.Default);
        Run(2);
        bob.Came.Clear();
        Run(60);
        Assert.All(bob.Came, p => Assert.Equal(Large, p.Length));
    }

    [Fact]
    public void A_queue_that_loses_nothing_is_known_by_the_estimate()
    {
        SimulatedLink bob = Join(width: 700, estimates: true, queue: 30);
        Run(15);
        Assert.Equal(Middle, bob.LastLength);
        Assert.Equal(0, bob.Lost);
        // Trials of the large layer end by it too.
        int trials = Larger(bob, Middle);
        Run(120);
        Assert.Equal(Middle, bob.LastLength);
        Assert.InRange(Larger(bob, Middle) - trials, 1, 5);
    }

    [Fact]
    public void What_is_asked_for_again_is_enough_to_know()
    {
        SimulatedLink bob = Join(width: 300, reports: false, nacks: true);
        Run(5);
        Assert.Equal(Small, bob.LastLength);
    }

    [Fact]
    public void Each_receiver_has_its_own()
    {
        double[] widths = [250, 300, 700, 1000, 4000, 20_000];
        SimulatedLink[] links = [.. Enumerable.Range(0, 60).Select(i => Join(widths[i % widths.Length], seed: i))];
        Run(10);
        foreach (SimulatedLink link in links)
            Assert.Equal(link.Width < 600 ? Small : link.Width < 1800 ? Middle : Large, link.LastLength);
        foreach (SimulatedLink wide in links.Where(l => l.Width >= 4000))
            Assert.Equal(0, wide.Lost);
    }

    [Fact]
    public void Without_qualities_to_choose_from_there_are_fewer_frames_and_all_of_them_whole()
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        var narrow = new SimulatedLink(room, room.Join()) { Width = 350 };
        SimulatedMember wide = room.Join();
        var source = new Vp8Source(1111, 0, 2, 2, 1, 2, 2) { PayloadBytes = Middle - 38 };
        Step(3);
        int before = narrow.Came.Count;
        wide.Received.Clear();
        Step(2);
        // Frames of the lowest layer, five a second, or of the two lowest, ten.
        Assert.InRange((narrow.Came.Count - before) / 3, 8, 22);
        Assert.Equal(60 * 3, wide.Rtp.Count());
        narrow.Width = 4000;
        Step(75);
        before = narrow.Came.Count;
        Step(2);
        Assert.Equal(60 * 3, narrow.Came.Count - before);
        (Vp8Sink sink, List<Vp8Sink.Frame> frames) = RateTests.Read(wide);
        Assert.Equal(0, sink.Missing);
        Assert.All(frames, f => Assert.True(f.IsWhole));

        void Step(double seconds)
        {
            for (int i = 0; i < seconds * 30; i++)
            {
                RateTests.Run(room, alice, source, 1 / 30.0, honoursRequests: true);
                narrow.Tick();
            }
        }
    }

    [Fact]
    public void Nothing_is_allocated_per_packet_for_whoever_is_limited()
    {
        SimulatedLink bob = Join(width: 300);
        Run(10);
        Assert.Equal(Small, bob.LastLength);
        byte[] packet = Source(1111, Small, 3).Next()[0];
        Assert.Equal(0, _room.AllocatedBy(_alice, packet, 5000));
    }

    [Fact]
    public void A_trial_that_fails_is_taken_back_and_the_next_one_waits_twice_as_long()
    {
        int[] layers = [1700, 500, 150];
        var path = new ReceiverPath();
        long bytes = 0;
        uint highest = 0;
        List<int> trials = [];
        for (int second = 0; second < 300; second++)
        {
            int layer = Array.FindIndex(layers, l => path.Limit == 0 || l <= path.Limit || l == layers[^1]);
            if (layer > 0)
                path.Wants(layers[layer - 1] * 1.15);
            bytes += layers[layer] * 125;
            highest += (uint)layers[layer] / 8;
            int before = path.Limit;
            path.Reported(1, highest, Math.Max(0, 1 - (300.0 / layers[layer])), new SentSoFar(highest, bytes), second * 1_000_000L);
            if (before > 0 && path.Limit > before)
                trials.Add(second);
        }

        // A second until it is known that it has failed.
        Assert.Equal([11, 21, 41, 61, 61], trials.Zip(trials.Skip(1), (one, next) => next - one).Take(5));
        Assert.InRange(path.Limit, 200, 300);
    }

    [Fact]
    public void Who_says_how_much_was_lost_and_not_up_to_where_is_believed()
    {
        var path = new ReceiverPath();
        for (int second = 0; second < 5; second++)
            path.Reported(1, highest: 0, fraction: 0.5, new SentSoFar(100 * second, 125_000 * second), second * 1_000_000L);
        Assert.InRange(path.Limit, 100, 600);
    }

    private SimulatedLink Join(
        double width, int seed = 1, double loss = 0, bool estimates = false, double queue = 0.3, bool reports = true, bool nacks = false)
    {
        var link = new SimulatedLink(_room, _room.Join(), seed) { Width = width, Loss = loss, Estimates = estimates, Queue = queue, Reports = reports, Nacks = nacks };
        _links.Add(link);
        return link;
    }

    private void Want(SimulatedLink link, MediaPreferences wants) => _room.Members[_links.IndexOf(link) + 1].Want(wants);

    private void Run(double seconds)
    {
        for (int i = 0; i < seconds * 30; i++)
        {
            foreach (uint asked in _alice.KeyframeRequests.Skip(_asked).ToArray())
            {
                _asked++;
                _sources[(asked / 1111) - 1].WantsKeyframe = true;
            }

            foreach (Vp8Source source in _sources)
                _alice.Send(source.Next());
            _room.Advance(33.3333);
            foreach (SimulatedLink link in _links)
                link.Tick();
        }
    }

    /// <summary>How often something larger began to come.</summary>
    private static int Larger(SimulatedLink link, int than = Small) =>
        link.Came.Zip(link.Came.Skip(1)).Count(p => p.First.Length <= than && p.Second.Length > than);

    private static Vp8Source Source(uint ssrc, int length, int packets) =>
        new(ssrc, 0, 2, 2, 1, 2, 2) { PayloadBytes = length - 38, PacketsPerFrame = packets, Timestamp = ssrc * 1_000_003 };
}
