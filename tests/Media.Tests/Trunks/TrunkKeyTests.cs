using System.Net;
using System.Text;
using Conference.Media.Trunks;

namespace Conference.Media.Tests.Trunks;

/// <summary>Sealing and opening: the header, the nonce, and what does not open.</summary>
public sealed class TrunkKeyTests
{
    private static readonly byte[] _secret = [.. Enumerable.Range(0, TrunkOffer.SecretBytes).Select(i => (byte)i)];

    private readonly TrunkPeer _peer = new(new PeerId(new Guid(1, 0, 0, new byte[8])), 3);
    private readonly ReceivingKey _receiving;

    public TrunkKeyTests() => _receiving = new ReceivingKey(_peer, _secret, loops: 3);

    [Fact]
    public void A_datagram_travels_as_the_format_says()
    {
        byte[] sealedDatagram = Seal(Sender(loop: 1, used: 8), receiver: 2, port: 5, isFeedback: false, "abc");
        Assert.Equal(3 + TrunkDatagram.Overhead, sealedDatagram.Length);
        Assert.Equal([0x12, 0x34, 1, 0, 0, 0, 9], sealedDatagram[..7]);
        Assert.True(Open(2, sealedDatagram));
        Assert.Equal([0, 0, 0, 5, (byte)'a', (byte)'b', (byte)'c'], sealedDatagram[7..^12]);
    }

    [Fact]
    public void Feedback_and_the_port_it_is_for_are_told_apart_by_a_bit()
    {
        byte[] sealedDatagram = Seal(Sender(), 0, port: 0x7FFF_FFFE, isFeedback: true, "x");
        Assert.True(Open(0, sealedDatagram));
        Assert.Equal(0x7FFF_FFFEu, TrunkDatagram.ReadLabel(sealedDatagram.AsSpan(7), out bool isFeedback));
        Assert.True(isFeedback);
    }

    [Theory, InlineData(1L, 1u), InlineData(0x8000_0001L, 1u), InlineData(0x1_7FFF_FFFFL, 0x7FFF_FFFFu)]
    public void A_port_is_named_by_its_last_31_bits(long port, uint label) => Assert.Equal(label, TrunkDatagram.LabelOf(new PortId(port)));

    [Fact]
    public void No_bit_of_a_datagram_may_be_another()
    {
        byte[] sealedDatagram = Seal(Sender(), 0, 5, false, "some words");
        for (int bit = 16; bit < sealedDatagram.Length * 8; bit++)
        {
            byte[] changed = [.. sealedDatagram];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Open(0, changed), $"bit {bit}");
        }

        Assert.True(Open(0, sealedDatagram));
    }

    [Fact]
    public void What_is_cut_short_or_has_grown_does_not_open()
    {
        byte[] sealedDatagram = Seal(Sender(), 0, 5, false, "some words");
        for (int length = 0; length < sealedDatagram.Length; length++)
            Assert.False(Open(0, sealedDatagram[..length]), $"{length} bytes");
        Assert.False(Open(0, [.. sealedDatagram, 0]));
    }

    [Fact]
    public void What_is_for_another_loop_does_not_open_nor_what_another_key_has_sealed()
    {
        byte[] sealedDatagram = Seal(Sender(), receiver: 1, 5, false, "words");
        Assert.False(Open(0, [.. sealedDatagram]));
        Assert.False(Open(2, [.. sealedDatagram]));
        byte[] other = [.. _secret];
        other[31] ^= 1;
        var stranger = new SendingKey(0x1234, 0, new TrunkCipher(other), Addresses(3));
        Assert.False(Open(1, Seal(stranger, 1, 5, false, "words")));
        Assert.True(Open(1, sealedDatagram));
    }

    [Fact]
    public void No_two_datagrams_are_sealed_alike_whatever_loops_they_travel_between()
    {
        SendingKey[] senders = [.. Enumerable.Range(0, 3).Select(loop => Sender((byte)loop))];
        var seen = new HashSet<string>();
        for (int i = 0; i < 20; i++)
        {
            foreach (SendingKey sender in senders)
            {
                for (int receiver = 0; receiver < 3; receiver++)
                    Assert.True(seen.Add(Convert.ToHexString(Seal(sender, receiver, 5, false, "the same words"))[14..]));
            }
        }
    }

    [Fact]
    public void Each_pair_of_loops_counts_by_itself_and_sees_what_comes_again()
    {
        SendingKey one = Sender(1);
        byte[] first = Seal(one, 0, 5, false, "a");
        byte[] second = Seal(one, 0, 5, false, "b");
        byte[] elsewhere = Seal(one, 2, 5, false, "c");
        byte[] other = Seal(Sender(200), 0, 5, false, "d");
        Assert.True(Take(0, second));
        Assert.True(Take(0, first));
        Assert.True(Take(2, elsewhere));
        Assert.True(Take(0, other));
        Assert.False(Take(0, first));
        Assert.False(Take(0, other));
        Assert.Equal(2u, _receiving.Use);
    }

    [Fact]
    public void A_key_that_is_used_up_seals_nothing_more()
    {
        SendingKey sender = Sender(used: uint.MaxValue - 1);
        Assert.True(Take(0, Seal(sender, 0, 5, false, "last")));
        Assert.Equal(uint.MaxValue, _receiving.Use);
        Assert.False(sender.TrySeal(0, 5, false, "more"u8, new byte[100]));
        Assert.True(sender.TrySeal(1, 5, false, "more"u8, new byte[4 + TrunkDatagram.Overhead]));
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing()
    {
        SendingKey sender = Sender();
        byte[] datagram = new byte[1200];
        byte[] buffer = new byte[1200 + TrunkDatagram.Overhead];
        long before = 0;
        for (int i = -1000; i < 10_000; i++)
        {
            if (i == 0)
                before = GC.GetAllocatedBytesForCurrentThread();
            sender.TrySeal(0, 5, false, datagram, buffer);
            TrunkDatagram.TryReadHeader(buffer, out TrunkHeader header);
            if (!_receiving[0].TryOpen(header, buffer) || !_receiving[0].TryTake(header))
                Assert.Fail("did not open");
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100);
    }

    private static SendingKey Sender(byte loop = 0, uint used = 0) => new(0x1234, loop, new TrunkCipher(_secret), Addresses(3), used);

    private static System.Collections.Immutable.ImmutableArray<TrunkAddress> Addresses(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new TrunkAddress(new IPEndPoint(IPAddress.Loopback, 1000 + i).Serialize(), i))];

    private static byte[] Seal(SendingKey sender, int receiver, uint port, bool isFeedback, string text)
    {
        byte[] into = new byte[text.Length + TrunkDatagram.Overhead];
        Assert.True(sender.TrySeal(receiver, port, isFeedback, Encoding.ASCII.GetBytes(text), into));
        return into;
    }

    private bool Open(int loop, byte[] datagram) => TrunkDatagram.TryReadHeader(datagram, out TrunkHeader header) && _receiving[loop].TryOpen(header, datagram);

    private bool Take(int loop, byte[] datagram)
    {
        byte[] copy = [.. datagram];
        return Open(loop, copy) && TrunkDatagram.TryReadHeader(copy, out TrunkHeader header) && _receiving[loop].TryTake(header);
    }
}
