using System.Buffers.Binary;
using Conference.Media.Tests.Support;
using Conference.Media.Transport.OpenSsl;
using Conference.Media.Web;

namespace Conference.Media.Tests.Web;

public sealed class SrtpTests
{
    public static TheoryData<string> Profiles { get; } = [.. SrtpProfile.All.Select(p => p.Name)];

    [Theory, MemberData(nameof(Profiles))]
    public void OpenSSL_and_the_framework_understand_each_other(string profile)
    {
        var random = new Random(1);
        SrtpMaster master = Master(profile);
        using var native = new SrtpSender(master, SrtpCipher.Create);
        using var plain = new SrtpSender(master, ManagedCipher.Create);
        using var nativeReader = new SrtpReceiver(master, SrtpCipher.Create);
        using var plainReader = new SrtpReceiver(master, ManagedCipher.Create);
        for (ushort i = 0; i < 300; i++)
        {
            byte[] payload = new byte[random.Next(i % 3 == 0 ? 20 : 1300)];
            random.NextBytes(payload);
            byte[] packet = Packet(i, payload, hasExtension: i % 2 == 0);
            byte[] a = Seal(native, packet);
            Assert.Equal(Seal(plain, packet), a);
            Assert.Equal(packet, Open(nativeReader, a));
            Assert.Equal(packet, Open(plainReader, a));
            byte[] report = Packets.SenderReport(i % 8u, [.. Enumerable.Range(0, i % 5).Select(n => (uint)n)]);
            byte[] b = SealRtcp(native, report);
            Assert.Equal(SealRtcp(plain, report), b);
            Assert.Equal(report, OpenRtcp(nativeReader, b));
            Assert.Equal(report, OpenRtcp(plainReader, b));
        }
    }

    [Theory, MemberData(nameof(Profiles))]
    public void In_place_and_out_of_place_are_the_same(string profile)
    {
        SrtpMaster master = Master(profile);
        using var one = new SrtpSender(master, SrtpCipher.Create);
        using var two = new SrtpSender(master, SrtpCipher.Create);
        byte[] packet = Packet(7, [1, 2, 3, 4, 5], hasExtension: true);
        int header = packet.Length - 5;
        byte[] inPlace = [.. packet, .. new byte[16]];
        int length = one.Seal(inPlace, header, inPlace.AsSpan(header, 5));
        byte[] elsewhere = [.. packet[..header], .. new byte[21]];
        Assert.Equal(length, two.Seal(elsewhere, header, packet.AsSpan(header)));
        Assert.Equal(inPlace, elsewhere);

        using var first = new SrtpReceiver(master, SrtpCipher.Create);
        using var second = new SrtpReceiver(master, SrtpCipher.Create);
        byte[] opened = new byte[length];
        Assert.Equal(SrtpOutcome.Opened, first.Open(inPlace.AsSpan(0, length), opened, out int plain));
        Assert.Equal(packet, opened[..plain]);
        Assert.Equal(SrtpOutcome.Opened, second.Open(inPlace.AsSpan(0, length), inPlace, out plain));
        Assert.Equal(packet, inPlace[..plain]);
    }

    [Theory, MemberData(nameof(Profiles))]
    public void No_changed_bit_passes_and_none_changes_anything(string profile)
    {
        SrtpMaster master = Master(profile);
        using var sender = new SrtpSender(master, SrtpCipher.Create);
        using var receiver = new SrtpReceiver(master, SrtpCipher.Create);
        byte[] packet = Packet(1, [1, 2, 3, 4, 5, 6, 7, 8], hasExtension: true);
        byte[] @sealed = Seal(sender, packet);
        byte[] report = Packets.ReceiverReport(9, 1);
        byte[] sealedReport = SealRtcp(sender, report);
        byte[] into = new byte[200];
        for (int bit = 0; bit < @sealed.Length * 8; bit++)
        {
            byte[] changed = [.. @sealed];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(SrtpOutcome.Opened, receiver.Open(changed, into, out int length));
            Assert.Equal(0, length);
        }

        for (int bit = 0; bit < sealedReport.Length * 8; bit++)
        {
            byte[] changed = [.. sealedReport];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(SrtpOutcome.Opened, receiver.OpenRtcp(changed, into, out _));
        }

        Assert.Equal(packet, Open(receiver, @sealed));
        Assert.Equal(report, OpenRtcp(receiver, sealedReport));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void What_comes_again_is_dropped(string profile)
    {
        SrtpMaster master = Master(profile);
        using var sender = new SrtpSender(master, SrtpCipher.Create);
        using var receiver = new SrtpReceiver(master, SrtpCipher.Create);
        byte[] into = new byte[200];
        byte[][] all = [.. Enumerable.Range(0, 3000).Select(i => Seal(sender, Packet((ushort)i, [(byte)i], false)))];
        int[] order = [.. Enumerable.Range(0, all.Length)];
        // As a path reorders: never by more than is told apart.
        var random = new Random(3);
        for (int i = 0; i + 500 < order.Length; i += 500)
            random.Shuffle(order.AsSpan(i, 500));
        foreach (int i in order)
        {
            Assert.Equal(SrtpOutcome.Opened, receiver.Open(all[i], into, out _));
            Assert.Equal(SrtpOutcome.Replayed, receiver.Open(all[i], into, out _));
        }

        Assert.All(all, p => Assert.Equal(SrtpOutcome.Replayed, receiver.Open(p, into, out _)));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void A_thousand_late_ones_are_told_apart(string profile)
    {
        SrtpMaster master = Master(profile);
        using var sender = new SrtpSender(master, SrtpCipher.Create);
        using var receiver = new SrtpReceiver(master, SrtpCipher.Create);
        byte[] into = new byte[200];
        byte[][] all = [.. Enumerable.Range(0, 1025).Select(i => Seal(sender, Packet((ushort)i, [1], false)))];
        Assert.True(IndexWindow.Size >= 1024);
        Assert.Equal(SrtpOutcome.Opened, receiver.Open(all[1024], into, out _));
        Assert.All(all[..1024], p => Assert.Equal(SrtpOutcome.Opened, receiver.Open(p, into, out _)));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Numbers_wrap_and_the_rollover_counter_follows(string profile)
    {
        SrtpMaster master = Master(profile);
        using var sender = new SrtpSender(master, SrtpCipher.Create);
        using var receiver = new SrtpReceiver(master, SrtpCipher.Create);
        byte[] into = new byte[200];
        byte[]? late = null;
        var texts = new HashSet<string>();
        for (int i = 100; i < 200_000; i += 97)
        {
            byte[] packet = Packet((ushort)i, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], false);
            byte[] @sealed = Seal(sender, packet);
            // Were the counter to stand still, the same numbers would be sealed alike.
            Assert.True(texts.Add(Convert.ToHexString(@sealed.AsSpan(12))));
            if (late is not null)
                Assert.Equal(SrtpOutcome.Opened, receiver.Open(late, into, out _));
            (SrtpOutcome outcome, late) = i % 5 == 0 ? (SrtpOutcome.Opened, @sealed) : (receiver.Open(@sealed, into, out _), null);
            Assert.Equal(SrtpOutcome.Opened, outcome);
        }
    }

    [Theory, MemberData(nameof(Profiles))]
    public void No_number_is_sealed_twice(string profile)
    {
        using var sender = new SrtpSender(Master(profile), SrtpCipher.Create);
        Assert.NotEmpty(Seal(sender, Packet(5, [1], false)));
        Assert.Empty(Seal(sender, Packet(5, [2], false)));
        Assert.NotEmpty(Seal(sender, Packet(4, [1], false)));
        Assert.Empty(Seal(sender, Packet(4, [1], false)));
        Assert.NotEmpty(Seal(sender, Packet(20_000, [1], false)));
        // Too old to tell.
        Assert.Empty(Seal(sender, Packet(6, [1], false)));
        Assert.NotEmpty(Seal(sender, Packet(5, [1], false, ssrc: 2)));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Reports_are_counted_by_who_reports(string profile)
    {
        SrtpMaster master = Master(profile);
        using var one = new SrtpSender(master, SrtpCipher.Create);
        using var two = new SrtpSender(master, SrtpCipher.Create);
        using var receiver = new SrtpReceiver(master, SrtpCipher.Create);
        byte[] into = new byte[200];
        byte[] a = SealRtcp(one, Packets.ReceiverReport(1));
        // The same index under another SSRC, as Chromium sends it.
        byte[] b = SealRtcp(two, Packets.ReceiverReport(2));
        Assert.Equal(SrtpOutcome.Opened, receiver.OpenRtcp(a, into, out _));
        Assert.Equal(SrtpOutcome.Opened, receiver.OpenRtcp(b, into, out _));
        Assert.Equal(SrtpOutcome.Replayed, receiver.OpenRtcp(a, into, out _));
        Assert.Equal(SrtpOutcome.Replayed, receiver.OpenRtcp(b, into, out _));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Sources_are_bounded_and_forged_ones_are_none(string profile)
    {
        SrtpMaster master = Master(profile);
        using var sender = new SrtpSender(master, SrtpCipher.Create);
        using var other = new SrtpSender(master, SrtpCipher.Create);
        using var receiver = new SrtpReceiver(master, SrtpCipher.Create);
        byte[] into = new byte[200];
        for (uint ssrc = 0; ssrc < 10_000; ssrc++)
            Assert.Equal(SrtpOutcome.Forged, receiver.Open(Packet(1, new byte[30], false, ssrc), into, out _));
        for (uint ssrc = 0; ssrc < SrtpSources.Most; ssrc++)
        {
            Assert.Equal(SrtpOutcome.Opened, receiver.Open(Seal(sender, Packet(1, [1], false, ssrc)), into, out _));
            Assert.Equal(SrtpOutcome.Opened, receiver.OpenRtcp(SealRtcp(sender, Packets.ReceiverReport(ssrc)), into, out _));
        }

        Assert.Empty(Seal(sender, Packet(1, [1], false, 10_000)));
        Assert.Equal(SrtpOutcome.TooManySources, receiver.Open(Seal(other, Packet(1, [1], false, 10_000)), into, out _));
        Assert.Equal(SrtpOutcome.TooManySources, receiver.OpenRtcp(SealRtcp(sender, Packets.ReceiverReport(10_000)), into, out _));
        Assert.Equal(SrtpOutcome.Opened, receiver.Open(Seal(sender, Packet(2, [1], false, 0)), into, out _));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void What_is_no_packet_is_said_to_be_none(string profile)
    {
        using var receiver = new SrtpReceiver(Master(profile), SrtpCipher.Create);
        byte[] into = new byte[3000];
        byte[][] none = [[], [0x80], new byte[12], new byte[2000], [0x9F, .. new byte[40]], [0x80, 96, .. new byte[10]], [0x90, 96, .. new byte[12], 0xFF, 0xFF, .. new byte[30]]];
        Assert.All(none, bytes => Assert.Equal(SrtpOutcome.Malformed, receiver.Open(bytes, into, out _)));
        byte[] clear = [0x80, 201, 0, 1, 0, 0, 0, 1, .. new byte[24]];
        Assert.All((byte[][])[[], [0x80, 200], new byte[40], clear], bytes => Assert.Equal(SrtpOutcome.Malformed, receiver.OpenRtcp(bytes, into, out _)));
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Sealing_and_opening_allocate_nothing(string profile)
    {
        SrtpMaster master = Master(profile);
        using var sender = new SrtpSender(master, SrtpCipher.Create);
        using var receiver = new SrtpReceiver(master, SrtpCipher.Create);
        byte[] buffer = new byte[1300];
        byte[] report = new byte[200];
        long before = 0;
        for (int i = -1000; i < 10_000; i++)
        {
            if (i == 0)
                before = GC.GetAllocatedBytesForCurrentThread();
            buffer[0] = 0x80;
            BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(2), (ushort)(i + 1000));
            int length = sender.Seal(buffer, 12, buffer.AsSpan(12, 1200));
            report[0] = 0x81;
            int reportLength = sender.SealRtcp(report, 60);
            bool isOpen = receiver.Open(buffer.AsSpan(0, length), buffer, out _) == SrtpOutcome.Opened
                && receiver.OpenRtcp(report.AsSpan(0, reportLength), report, out _) == SrtpOutcome.Opened
                // Forged, too.
                && receiver.Open(buffer.AsSpan(0, length - 1), buffer, out _) != SrtpOutcome.Opened;
            if (!isOpen)
                Assert.Fail("did not open");
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100);
    }

    [Fact]
    public void A_cipher_that_is_gone_says_so_and_a_length_that_does_not_fit_too()
    {
        foreach (SrtpProfile profile in SrtpProfile.All)
        {
            ISrtpCipher cipher = SrtpCipher.Create(SrtpKeys.ForRtp(Master(profile.Name)));
            byte[] nonce = new byte[profile.NonceBytes];
            Assert.Throws<ArgumentOutOfRangeException>(() => cipher.TrySeal(nonce, new byte[12], new byte[4], new byte[10], new byte[9], new byte[10]));
            cipher.Dispose();
            Assert.Throws<ObjectDisposedException>(() => cipher.TrySeal(nonce, new byte[12], new byte[4], new byte[10], new byte[10], new byte[10]));
            Assert.Throws<ObjectDisposedException>(() => cipher.TryOpen(nonce, new byte[12], new byte[4], new byte[10], new byte[10], new byte[10]));
        }
    }

    private static SrtpMaster Master(string profile)
    {
        SrtpProfile found = SrtpProfile.All.Single(p => p.Name == profile);
        byte[] exported = new byte[found.ExportBytes];
        new Random(42).NextBytes(exported);
        return SrtpMaster.Split(found, exported).Client;
    }

    private static byte[] Packet(ushort sequence, byte[] payload, bool hasExtension, uint ssrc = 1)
    {
        byte[] header = Packets.Rtp(ssrc, sequence, "");
        if (!hasExtension)
            return [.. header, .. payload];
        header[0] |= 0x11;
        return [.. header, 0, 0, 0, 9, 0xBE, 0xDE, 0, 1, 0x10, 0x85, 0, 0, .. payload];
    }

    private static byte[] Seal(SrtpSender sender, byte[] packet)
    {
        byte[] into = [.. packet, .. new byte[16]];
        int header = SrtpLayout.HeaderBytes(packet);
        return into[..sender.Seal(into, header, packet.AsSpan(header))];
    }

    private static byte[] SealRtcp(SrtpSender sender, byte[] report)
    {
        byte[] into = [.. report, .. new byte[SrtpProfile.MaxOverhead]];
        return into[..sender.SealRtcp(into, report.Length)];
    }

    private static byte[] Open(SrtpReceiver receiver, byte[] packet)
    {
        byte[] into = new byte[packet.Length];
        Assert.Equal(SrtpOutcome.Opened, receiver.Open(packet, into, out int length));
        return into[..length];
    }

    private static byte[] OpenRtcp(SrtpReceiver receiver, byte[] packet)
    {
        byte[] into = new byte[packet.Length];
        Assert.Equal(SrtpOutcome.Opened, receiver.OpenRtcp(packet, into, out int length));
        return into[..length];
    }
}
