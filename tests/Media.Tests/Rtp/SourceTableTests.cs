using Conference.Media.Rtp;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Rtp;

public sealed class SourceTableTests
{
    private readonly SourceTable _table = new(new Random(3));
    private readonly PortSources _alice = new();
    private readonly PortSources _bob = new();
    private long _now = Streams.Clock.Second;

    [Fact]
    public void A_source_is_believed_after_two_packets_that_advance()
    {
        foreach ((int sequence, bool isBelieved) in new[] { (10, false), (10, false), (5000, false), (5002, true), (9, true) })
        {
            Send(_alice, 1, (ushort)sequence);
            Assert.Equal(isBelieved, _alice.All[0].IsBelieved);
        }
    }

    [Fact]
    public void Probation_passes_the_wrap_of_sequence_numbers()
    {
        Send(_alice, 1, 65535);
        Send(_alice, 1, 0);
        Assert.True(_alice.All[0].IsBelieved);
    }

    [Fact]
    public void A_colliding_source_gets_one_new_number_and_keeps_it()
    {
        Validate(_alice, 1);
        uint[] shown = [.. Enumerable.Range(100, 10).Select(i => Packets.SsrcOf(Send(_bob, 1, (ushort)i).Bytes)).Distinct()];
        Assert.NotEqual(1u, Assert.Single(shown));
        Assert.Equal(1u, Packets.SsrcOf(Send(_alice, 1, 12).Bytes));
    }

    [Fact]
    public void A_renumbered_packet_differs_in_its_ssrc_only()
    {
        Validate(_alice, 1);
        byte[] sent = Packets.Rtp(1, 7);
        byte[] shown = Send(_bob, 1, 7).Bytes;
        shown.AsSpan(8, 4).Clear();
        sent.AsSpan(8, 4).Clear();
        Assert.Equal(sent, shown);
    }

    [Fact]
    public void Two_that_start_together_are_told_apart_from_their_first_packets_on()
    {
        Assert.Equal(1u, Packets.SsrcOf(Send(_alice, 1, 1).Bytes));
        uint shown = Packets.SsrcOf(Send(_bob, 1, 1).Bytes);
        Assert.NotEqual(1u, shown);
        Assert.Equal(1u, Packets.SsrcOf(Send(_alice, 1, 2).Bytes));
        Assert.Equal(shown, Packets.SsrcOf(Send(_bob, 1, 2).Bytes));
        // Nor do reports speak for the other one.
        byte[] report = Packets.SenderReport(1);
        SourceTable.InspectRtcp(_bob, report);
        Assert.Equal(shown, Packets.Word(report, 1));
        Assert.True(_table.IsForeign(_bob, 1));
    }

    [Fact]
    public void Who_is_silent_for_ten_seconds_gives_up_the_place_and_has_the_same_number_again()
    {
        Validate(_alice, 7);
        Validate(_bob, 7);
        uint shown = _bob.All[0].Shown;
        _now += Streams.Clock.Second;
        for (uint ssrc = 100; ssrc < 100 + PortSources.Capacity - 1; ssrc++)
            Validate(_bob, ssrc);
        _now += PortSources.Silence - Streams.Clock.Second - 1;
        Send(_bob, 999, 1);
        Assert.Equal(1, _table.Refused);
        _now++;
        Validate(_bob, 999);
        Assert.Equal((-1, 1L), (_bob.IndexOf(7), _table.Refused));
        Assert.Equal((0, PortSources.Capacity), (_bob.Renumbered, _bob.Count));

        _now += PortSources.Silence;
        Assert.Equal(shown, Packets.SsrcOf(Send(_bob, 7, 12).Bytes));
        Assert.True(_bob.IndexOf(7) >= 0);
    }

    [Fact]
    public void Who_said_goodbye_gives_up_the_place_at_once_and_the_silent_do_in_the_order_of_their_silence()
    {
        for (uint ssrc = 1; ssrc <= PortSources.Capacity; ssrc++)
        {
            Validate(_alice, ssrc);
            _now += Streams.Clock.Millisecond;
        }

        SourceTable.Leave(_alice, 20, _now);
        Validate(_alice, 500);
        Assert.Equal((-1, 0L), (_alice.IndexOf(20), _table.Refused));
        Validate(_alice, 501);
        Assert.Equal((-1, 2L), (_alice.IndexOf(501), _table.Refused));

        _now += PortSources.Silence;
        Validate(_alice, 501);
        Validate(_alice, 502);
        Assert.Equal((-1, -1), (_alice.IndexOf(1), _alice.IndexOf(2)));
        Assert.True(_alice.IndexOf(3) >= 0);
    }

    [Fact]
    public void Who_goes_on_after_a_goodbye_is_alive()
    {
        for (uint ssrc = 1; ssrc <= PortSources.Capacity; ssrc++)
            Validate(_alice, ssrc);
        SourceTable.Leave(_alice, 20, _now);
        Send(_alice, 20, 12);
        Validate(_alice, 500);
        Assert.True(_alice.IndexOf(20) >= 0);
    }

    [Fact]
    public void A_source_without_a_place_is_kept_apart_all_the_same()
    {
        for (uint ssrc = 1; ssrc <= PortSources.Capacity; ssrc++)
            Validate(_alice, ssrc);
        Validate(_bob, 77);
        // Bob was first.
        uint[] shown = [.. Enumerable.Range(0, 5).Select(i => Packets.SsrcOf(Send(_alice, 77, (ushort)i).Bytes)).Distinct()];
        Assert.NotEqual(77u, Assert.Single(shown));
        // Alice was first.
        Assert.Equal(88u, Packets.SsrcOf(Send(_alice, 88, 1).Bytes));
        Assert.NotEqual(88u, Packets.SsrcOf(Send(_bob, 88, 1).Bytes));
        Assert.Equal(88u, Packets.SsrcOf(Send(_alice, 88, 2).Bytes));

        // With a place it has the same number.
        SourceTable.Leave(_alice, 5, _now);
        Assert.Equal(shown[0], Packets.SsrcOf(Send(_alice, 77, 9).Bytes));
        Assert.True(_alice.IndexOf(77) >= 0);
    }

    [Fact]
    public void Numbers_used_without_a_place_are_free_again_when_their_port_closes_or_has_used_many_others()
    {
        for (uint ssrc = 1; ssrc <= PortSources.Capacity; ssrc++)
            Validate(_alice, ssrc);
        Send(_alice, 1000, 1);
        for (uint ssrc = 1001; ssrc < 1000 + UnplacedNumbers.Capacity; ssrc++)
            Send(_alice, ssrc, 1);
        Assert.True(_table.IsForeign(_bob, 1000));
        Send(_alice, 5000, 1);
        Assert.False(_table.IsForeign(_bob, 1000));
        Assert.True(_table.IsForeign(_bob, 1001));
        _table.Remove(_alice);
        Assert.False(_table.IsForeign(_bob, 1001));
    }

    [Fact]
    public void Whatever_many_ports_send_no_packet_carries_a_number_that_another_port_has()
    {
        var random = new Random(41);
        var ports = Enumerable.Range(0, 4).Select(_ => new PortSources()).ToArray();
        var shownBy = new Dictionary<uint, (int Port, long At)>();
        for (int i = 0; i < 100_000; i++)
        {
            _now += random.Next(2) * 20 * Streams.Clock.Millisecond;
            int port = random.Next(ports.Length);
            (DatagramKind kind, byte[] bytes) = Send(ports[port], (uint)random.Next(1, 60), (ushort)random.Next(200));
            Assert.Equal(DatagramKind.Rtp, kind);
            uint shown = Packets.SsrcOf(bytes);
            // A number may change hands, but not within the time that a source must be silent for it, unless it never was a source.
            if (shownBy.TryGetValue(shown, out var last) && last.Port != port)
                Assert.False(ports[last.Port].IndexOfShown(shown) >= 0);
            shownBy[shown] = (port, _now);
        }
    }

    [Fact]
    public void Rtcp_of_a_renumbered_source_bears_the_new_number_and_feedback_finds_its_way_back()
    {
        Validate(_alice, 1);
        uint shown = Packets.SsrcOf(Send(_bob, 1, 7).Bytes);

        byte[] report = Packets.SenderReport(1);
        Assert.True(SourceTable.InspectRtcp(_bob, report));
        Assert.Equal(shown, Packets.Word(report, 1));

        // Carol asks for a picture of what she knows as bob's stream: bob is asked for his own, the others see what she wrote.
        byte[] pli = Packets.Pli(9, shown);
        Assert.True(SourceTable.InspectRtcp(new PortSources(), pli));
        Assert.Equal(shown, Packets.Word(pli, 2));
        SourceTable.Translate(_bob, DatagramKind.Rtcp, pli);
        Assert.Equal(1u, Packets.Word(pli, 2));
    }

    [Fact]
    public void A_renumbered_sender_sees_the_owner_of_its_number_under_the_other_one()
    {
        Validate(_alice, 1);
        uint shown = Packets.SsrcOf(Send(_bob, 1, 7).Bytes);
        byte[] fromAlice = Send(_alice, 1, 13).Bytes;
        SourceTable.Translate(_bob, DatagramKind.Rtp, fromAlice);
        Assert.Equal(shown, Packets.SsrcOf(fromAlice));

        // So bob's feedback on it reaches alice as her own.
        byte[] pli = Packets.Pli(9, shown);
        SourceTable.InspectRtcp(_bob, pli);
        Assert.Equal(1u, Packets.Word(pli, 2));
    }

    [Fact]
    public void A_closed_ports_numbers_are_free_and_others_keep_theirs()
    {
        Validate(_alice, 1);
        uint shown = Packets.SsrcOf(Send(_bob, 1, 7).Bytes);
        _table.Remove(_alice);
        Assert.Equal(shown, Packets.SsrcOf(Send(_bob, 1, 8).Bytes));
        var carol = new PortSources();
        Validate(carol, 1);
        Assert.Equal(1u, Packets.SsrcOf(Send(carol, 1, 12).Bytes));
        _table.Remove(_bob);
        Assert.Equal(0, _bob.Count);
    }

    [Fact]
    public void A_thousand_sources_of_one_port_are_thirty_two_and_the_rest_is_counted()
    {
        for (uint ssrc = 1; ssrc <= 1000; ssrc++)
            Validate(_alice, ssrc);
        Assert.Equal(PortSources.Capacity, _alice.Count);
        Assert.Equal(2 * (1000 - 32), _table.Refused);
        Assert.Equal(Packets.Rtp(999, 5), Send(_alice, 999, 5).Bytes);
    }

    [Fact]
    public void Sources_on_probation_make_room_for_real_ones()
    {
        for (uint ssrc = 1; ssrc <= 100; ssrc++)
            Send(_alice, ssrc, 1);
        Validate(_alice, 500);
        Assert.Equal(PortSources.Capacity, _alice.Count);
        Assert.True(_alice.All[_alice.IndexOf(500)].IsBelieved);
    }

    [Fact]
    public void A_port_that_sends_the_number_it_is_shown_under_is_left_alone()
    {
        Validate(_alice, 1);
        uint shown = Packets.SsrcOf(Send(_bob, 1, 7).Bytes);
        Assert.Equal(shown, Packets.SsrcOf(Send(_bob, shown, 1).Bytes));
        Assert.Equal(shown, Packets.SsrcOf(Send(_bob, shown, 2).Bytes));
        Assert.Equal(1, _bob.Count);
    }

    [Fact]
    public void Whatever_many_ports_send_no_two_show_one_number_once_believed()
    {
        var random = new Random(5);
        var ports = Enumerable.Range(0, 8).Select(_ => new PortSources()).ToArray();
        var next = new Dictionary<(int, uint), ushort>();
        var shownBy = new Dictionary<uint, int>();
        for (int i = 0; i < 20_000; i++)
        {
            int port = random.Next(ports.Length);
            uint ssrc = (uint)random.Next(1, 12);
            ushort sequence = next[(port, ssrc)] = (ushort)(next.GetValueOrDefault((port, ssrc)) + 1);
            (DatagramKind kind, byte[] bytes) = Send(ports[port], ssrc, sequence);
            if (kind == DatagramKind.Rtp)
                Assert.Equal(port, shownBy.TryAdd(Packets.SsrcOf(bytes), port) ? port : shownBy[Packets.SsrcOf(bytes)]);
        }

        Assert.Equal(8 * 11, shownBy.Count);
    }

    [Fact]
    public void Any_bytes_are_harmless()
    {
        var random = new Random(13);
        Validate(_alice, 1);
        Send(_bob, 1, 7);
        for (int round = 0; round < 50_000; round++)
        {
            byte[] bytes = new byte[random.Next(0, 64)];
            random.NextBytes(bytes);
            if (bytes.Length > 1 && round % 2 == 0)
                (bytes[0], bytes[1]) = ((byte)(0x80 | random.Next(64)), (byte)random.Next(190, 226));
            DatagramKind kind = Inspect(_bob, bytes);
            byte[] before = [.. bytes];
            SourceTable.Translate(_bob, kind, bytes);
            SourceTable.Translate(_bob, kind, bytes);
            Assert.Equal(before, bytes);
        }
    }

    private void Validate(PortSources port, uint ssrc)
    {
        Send(port, ssrc, 10);
        Send(port, ssrc, 11);
    }

    private (DatagramKind Kind, byte[] Bytes) Send(PortSources port, uint ssrc, ushort sequence)
    {
        byte[] bytes = Packets.Rtp(ssrc, sequence);
        return (Inspect(port, bytes), bytes);
    }

    private DatagramKind Inspect(PortSources port, byte[] bytes) => _table.Inspect(port, bytes, null, _now, out _, out _);
}
