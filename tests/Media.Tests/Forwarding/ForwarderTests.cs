using System.Net;
using System.Text;
using Conference.Media.Forwarding;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Forwarding;

public sealed class ForwarderTests
{
    private const int SpreadAbove = 4;
    private readonly RoomTable _rooms = new(2, SpreadAbove, new Random(1));
    private readonly Dictionary<PortId, ClientPort> _ports = [];
    private readonly LoopCounters _counters = new();
    private readonly byte[] _slab = new byte[4096 + IBatchSender.ScratchBytes];
    private readonly List<(int Handle, string Bytes)> _sent = [];
    private readonly Forwarder<RecordingSender> _forwarder;

    public ForwarderTests() => _forwarder = new Forwarder<RecordingSender>(new RecordingSender(_slab, _sent), _counters);

    [Fact]
    public void A_batch_goes_whole_and_in_order_to_each_receiver()
    {
        ClientPort[] ports = [Open(), Open(), Open()];
        Route(ports);
        Forward(ports[0], "a", "b");
        Assert.Equal([(2, "a"), (2, "b"), (3, "a"), (3, "b")], _sent);
        Assert.Equal(2, ports[0].Counters.DatagramsIn);
        Assert.Equal(2, ports[1].Counters.DatagramsOut);
        Assert.Equal(4, _counters.Services[0].DatagramsOut);
    }

    [Fact]
    public void Who_is_not_latched_gets_nothing_and_nothing_is_counted_as_dropped()
    {
        ClientPort[] ports = [Open(), Open(), Open()];
        ports[1].Handle = -1;
        Route(ports);
        Forward(ports[0], "a");
        Assert.Equal([(3, "a")], _sent);
        Assert.Equal(0, _counters.Drops.Sum());
    }

    [Fact]
    public void What_is_empty_is_counted_and_not_held_against_its_port()
    {
        ClientPort[] ports = [Open(), Open()];
        Route(ports);
        Forward(ports[0], "");
        Assert.Equal(1, _counters.Drops[(int)DropReason.Empty]);
        Assert.Equal(0, ports[0].Counters.Dropped);
    }

    [Fact]
    public void A_port_without_routes_is_counted()
    {
        ClientPort port = Open();
        Forward(port, "a", "b");
        Assert.Equal(2, _counters.Drops[(int)DropReason.NoRoute]);
        Assert.Equal(2, port.Counters.Dropped);
    }

    [Fact]
    public void Empty_datagrams_go_no_further_and_the_others_of_their_batch_do()
    {
        ClientPort[] ports = [Open(), Open()];
        Route(ports);
        Forward(ports[0], "a", "", "b");
        Assert.Equal([(2, "a"), (2, "b")], _sent);
        Assert.Equal(1, _counters.Drops[(int)DropReason.Empty]);
    }

    [Fact]
    public void Ports_that_are_gone_or_live_in_another_room_are_not_routed_to()
    {
        ClientPort[] ports = [Open(), Open()];
        ClientPort elsewhere = Open(room: 2);
        _rooms.Apply(
            new MediaRoutes(new RoomId("room 1"), 1, [RouteOf(ports[0]), RouteOf(elsewhere), RouteOf(ports[1]), new(new PortId(99), default, false, MediaPreferences.Default)]),
            _ports);
        Forward(ports[0], "a");
        Assert.Equal([(2, "a")], _sent);
    }

    [Fact]
    public void Routes_that_are_not_newer_are_ignored()
    {
        ClientPort[] ports = [Open(), Open()];
        Route(ports, version: 5);
        _rooms.Apply(new MediaRoutes(new RoomId("room 1"), 5, []), _ports);
        _rooms.Apply(new MediaRoutes(new RoomId("room 1"), 4, []), _ports);
        Forward(ports[0], "a");
        Assert.Single(_sent);
        _rooms.Apply(new MediaRoutes(new RoomId("room 1"), 6, []), _ports);
        Forward(ports[0], "a");
        Assert.Single(_sent);
    }

    [Fact]
    public void A_room_forgets_its_version_with_its_last_port()
    {
        ClientPort port = Open();
        Route([port], version: 5);
        _rooms.Leave(port.Service, 0);
        Assert.Equal(0, _rooms.Count);
    }

    [Fact]
    public void A_service_goes_with_its_last_port_while_the_room_stays()
    {
        Open();
        RoomService chat = _rooms.Join(new RoomId("room 1"), new ServiceName("made up"), out int loop);
        _rooms.Leave(chat, loop);
        Assert.Equal(1, _rooms.Count);
        Assert.NotSame(chat, _rooms.Join(new RoomId("room 1"), new ServiceName("made up"), out _));
    }

    [Fact]
    public void Before_the_first_word_speaker_is_filled_up_in_the_order_of_the_routes()
    {
        ClientPort[] ports = [Open(), Open()];
        _rooms.Apply(
            new MediaRoutes(new RoomId("room 1"), 1, [RouteOf(ports[0]), RouteOf(ports[1]) with { Wants = new(new MediaSelection.Speakers(1)) }]), _ports);
        Forward(ports[0], "a");
        Assert.Single(_sent);
    }

    [Fact]
    public void Rooms_settle_on_the_least_loaded_loop_and_stay_together()
    {
        Assert.Equal([0, 0, 1, 1, 1, 0], new[] { Open(1), Open(1), Open(2), Open(2), Open(2), Open(3) }.Select(p => p.Service.Loop));
    }

    [Fact]
    public void A_room_that_outgrows_its_loop_is_spread_once_and_newcomers_go_where_there_is_most_room()
    {
        ClientPort[] ports = [.. Enumerable.Range(0, 5).Select(_ => Open())];
        Assert.All(ports, p => Assert.Equal(0, p.Loop));
        List<ClientPort> moved = _rooms.Spread(ports[0].Service, ports);
        Assert.Equal(ports[..2], moved);
        Assert.Equal([1, 1, 0, 0, 0], ports.Select(p => p.Loop));
        Assert.Equal([1, 0, 1], Enumerable.Range(0, 3).Select(_ => Open().Loop));
        Assert.Empty(_rooms.Spread(ports[0].Service, ports));
        Assert.All(ports, p => Assert.Equal(0, p.Service.Loop));
    }

    [Fact]
    public void A_room_of_a_loops_size_stays_on_it()
    {
        ClientPort[] ports = [.. Enumerable.Range(0, 4).Select(_ => Open())];
        Assert.Empty(_rooms.Spread(ports[0].Service, ports));
    }

    [Fact]
    public void Who_is_sent_to_by_other_loops_comes_first()
    {
        ClientPort[] ports = [.. Enumerable.Range(0, 5).Select(_ => Open())];
        _rooms.Spread(ports[0].Service, ports);
        (ports[0].Loop, ports[3].Loop) = (0, 1);
        Route(ports);
        Forward(ports[2], "x");
        Assert.Equal([2, 4, 1, 5], _sent.Select(s => s.Handle));
    }

    [Fact]
    public void A_hint_from_other_routes_is_only_a_hint()
    {
        ClientPort[] ports = [Open(), Open(), Open()];
        Route(ports);
        (ports[0].RouteHint, ports[1].RouteHint, ports[2].RouteHint) = (2, 77, -1);
        foreach (ClientPort port in ports)
            Forward(port, "x");
        Assert.Equal([2, 3, 1, 3, 1, 2], _sent.Select(s => s.Handle));
    }

    [Fact]
    public void Services_beyond_the_first_sixteen_are_counted_together()
    {
        var index = new ServiceIndex();
        Assert.Equal((0, 1), (index.Of(new ServiceName("video")), index.Of(new ServiceName("audio"))));
        for (int i = 2; i < 16; i++)
            Assert.Equal(i, index.Of(new ServiceName($"s{i}")));
        Assert.Equal(16, index.Of(new ServiceName("more")));
        Assert.Equal(16, index.Of(new ServiceName("other")));
        Assert.Equal(3, index.Of(new ServiceName("s3")));
        Assert.Equal(17, index.All().Count());
    }

    [Fact]
    public void Nothing_is_allocated_per_datagram()
    {
        ClientPort[] ports = [Open(), Open(), Open()];
        Route(ports);
        var quiet = new Forwarder<SilentSender>(default, _counters);
        byte[] packet = Packets.Rtp(1, 1);
        var batch = new Datagram[4];
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                packet.CopyTo(_slab, 0);
                batch.AsSpan().Fill(new Datagram(0, packet.Length));
                quiet.Forward(ports[i % 3], _slab, batch, i);
            }

            // The first round made the ports' sources.
            if (round == 1)
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private TestPort Open(long room = 1)
    {
        var id = new PortId(_ports.Count + 1);
        var port = new TestPort(id, _rooms.Join(new RoomId($"room {room}"), new ServiceName("video"), out int loop)) { Handle = (int)id.Value, Loop = loop };
        _ports.Add(id, port);
        return port;
    }

    private void Route(ClientPort[] ports, long version = 1) =>
        _rooms.Apply(new MediaRoutes(new RoomId("room 1"), version, [.. ports.Select(RouteOf)]), _ports);

    private static MediaRoute RouteOf(ClientPort port) => new(port.Id, new ParticipantId((int)port.Id.Value), false, MediaPreferences.Default);

    private void Forward(ClientPort from, params string[] datagrams)
    {
        var batch = new Datagram[datagrams.Length];
        for (int i = 0; i < batch.Length; i++)
            batch[i] = new Datagram(i * 100, Encoding.ASCII.GetBytes(datagrams[i], _slab.AsSpan(i * 100)));
        _forwarder.Forward(from, _slab, batch, 1);
    }

    private sealed class TestPort(PortId id, RoomService service)
        : ClientPort(id, service, AddressKey.From(IPAddress.Loopback), IPAddress.Loopback, 1);

    private readonly struct RecordingSender(byte[] slab, List<(int, string)> sent) : IBatchSender
    {
        public void SendShared(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) =>
            Send(handle, batch, counters, ref tally);

        public void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally)
        {
            foreach (Datagram datagram in batch)
            {
                sent.Add((handle, Encoding.ASCII.GetString(datagram.In(slab))));
                tally.Datagrams++;
            }
        }
    }

    private readonly struct SilentSender : IBatchSender
    {
        public void SendShared(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) =>
            Send(handle, batch, counters, ref tally);

        public void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) =>
            tally.Datagrams += batch.Length;
    }
}
