using Conference.Media.Rtp;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Rtp;

public sealed class SourceTableTests
{
    private readonly SourceTable _table = new(new Random(3));
    private readonly PortSources _alice = new();
    private readonly PortSources _bob = new();

    [Fact]
    public void A_source_is_believed_after_two_packets_that_advance()
    {
        Assert.Equal(DatagramKind.Opaque, Send(_alice, 1, 10).Kind);
        Assert.Equal(DatagramKind.Opaque, Send(_alice, 1, 10).Kind);
        Assert.Equal(DatagramKind.Opaque, Send(_alice, 1, 5000).Kind);
        Assert.Equal(DatagramKind.Rtp, Send(_alice, 1, 5002).Kind);
        Assert.Equal(DatagramKind.Rtp, Send(_alice, 1, 9).Kind);
    }

    [Fact]
    public void Probation_passes_the_wrap_of_sequence_numbers()
    {
        Send(_alice, 1, 65535);
        Assert.Equal(DatagramKind.Rtp, Send(_alice, 1, 0).Kind);
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
    public void Two_that_start_together_are_told_apart_once_one_is_believed()
    {
        Send(_alice, 1, 1);
        Send(_bob, 1, 1);
        Assert.Equal(1u, Packets.SsrcOf(Send(_alice, 1, 2).Bytes));
        Assert.NotEqual(1u, Packets.SsrcOf(Send(_bob, 1, 2).Bytes));
    }

    [Fact]
    public void Rtcp_of_a_renumbered_source_bears_the_new_number_and_feedback_finds_its_way_back()
    {
        Validate(_alice, 1);
        uint shown = Packets.SsrcOf(Send(_bob, 1, 7).Bytes);

        byte[] report = Packets.SenderReport(1);
        Assert.Equal(DatagramKind.Rtcp, _table.Inspect(_bob, report));
        Assert.Equal(shown, Packets.Word(report, 1));

        // Carol asks for a picture of what she knows as bob's stream: bob is asked for his own, the others see what she wrote.
        byte[] pli = Packets.Pli(9, shown);
        Assert.Equal(DatagramKind.Rtcp, _table.Inspect(new PortSources(), pli));
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
        _table.Inspect(_bob, pli);
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
        Assert.Equal(DatagramKind.Rtp, Send(_alice, 500, 12).Kind);
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
            DatagramKind kind = _table.Inspect(_bob, bytes);
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
        return (_table.Inspect(port, bytes), bytes);
    }
}
