using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Conference.Media;
using Conference.Media.Tests.Support;
using Conference.Media.Tests.Web;
using Conference.Media.Transport.OpenSsl;
using Conference.Media.Web;
using Conference.Protocol.Rtp;

namespace Conference.Fuzz.Tests;

/// <summary>Everything that reads what a browser sends before or after it is known to be one: nothing throws, nothing points outside, and nobody
/// without the password or the key gets anywhere.</summary>
public sealed class WebFuzzTests
{
    private const int InputsPerSeed = 500;

    private static readonly byte[] _password = Encoding.ASCII.GetBytes("ourpasswordourpasswordxx");

    private static readonly byte[][] _stun =
    [
        Signed([0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 6, 0, 11, .. "ours:theirs\0"u8, 0, 0x24, 0, 4, 1, 2, 3, 4, 0x80, 0x2A, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0x25, 0, 0]),
        Signed([1, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0x20, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7]),
    ];

    [Fact]
    public void Checks_hold_for_any_bytes() => Fuzzing.Run(Fuzzing.Short, 1, Stun);

    [Fact, Trait("Category", "Soak")]
    public void Checks_hold_for_any_bytes_for_long() => Fuzzing.Run(Fuzzing.Long, 1_000_000, Stun);

    [Fact]
    public void Sealed_packets_hold_for_any_bytes() => Fuzzing.Run(Fuzzing.Short, 1, Srtp);

    [Fact, Trait("Category", "Soak")]
    public void Sealed_packets_hold_for_any_bytes_for_long() => Fuzzing.Run(Fuzzing.Long, 1_000_000, Srtp);

    [Fact]
    public void Opened_packets_hold_for_any_bytes() => Fuzzing.Run(Fuzzing.Short, 1, Opened);

    [Fact, Trait("Category", "Soak")]
    public void Opened_packets_hold_for_any_bytes_for_long() => Fuzzing.Run(Fuzzing.Long, 1_000_000, Opened);

    [Fact]
    public void Feedback_holds_for_any_arrivals() => Fuzzing.Run(Fuzzing.Short, 1, Feedback);

    [Fact, Trait("Category", "Soak")]
    public void Feedback_holds_for_any_arrivals_for_long() => Fuzzing.Run(Fuzzing.Long, 1_000_000, Feedback);

    [Fact]
    public void What_a_browser_sends_holds_for_any_bytes() => Fuzzing.Run(Fuzzing.Short, 1, Uplink);

    [Fact, Trait("Category", "Soak")]
    public void What_a_browser_sends_holds_for_any_bytes_for_long() => Fuzzing.Run(Fuzzing.Long, 1_000_000, Uplink);

    [Fact]
    public void Reports_hold_for_any_bytes() => Fuzzing.Run(Fuzzing.Short, 1, Reports);

    [Fact, Trait("Category", "Soak")]
    public void Reports_hold_for_any_bytes_for_long() => Fuzzing.Run(Fuzzing.Long, 1_000_000, Reports);

    private static void Stun(int seed)
    {
        var mutator = new Mutator(seed, _stun);
        byte[] answer = new byte[StunRequest.MaxAnswerBytes];
        for (int i = 0; i < InputsPerSeed; i++)
        {
            byte[] bytes = mutator.Next();
            // As from who can compute the checksum: else nothing would ever get further.
            byte[] input = mutator.Random.Next(2) == 0 || bytes.Length < 20 ? bytes : Fingerprinted(bytes);
            if (StunMessage.TryRead(input, out StunMessage message))
            {
                for (ushort attribute = 0; attribute < 0x30; attribute++)
                    message.TryFind(attribute, out _);
            }

            if (!StunRequest.TryRead(input, out StunRequest request))
                continue;
            bool isOurs = input.AsSpan().IndexOf(_stun[0].AsSpan(20, 40)) >= 0;
            int length = request.Answer(_password, AddressKey.FromV4(1), 1, answer);
            Assert.True(length == 0 || isOurs);
            Assert.InRange(length, 0, input.Length);
        }
    }

    private static void Srtp(int seed)
    {
        var random = new Random(seed);
        SrtpProfile profile = SrtpProfile.All[seed % 2];
        byte[] exported = new byte[profile.ExportBytes];
        random.NextBytes(exported);
        SrtpMaster master = SrtpMaster.Split(profile, exported).Client;
        using var sender = new SrtpSender(master, SrtpCipher.Create);
        using var receiver = new SrtpReceiver(master, SrtpCipher.Create);
        List<byte[]> honest = [];
        for (ushort i = 0; i < 30; i++)
        {
            byte[] packet = [.. Corpus.All[i % Corpus.All.Count], .. new byte[SrtpProfile.MaxOverhead]];
            int plain = packet.Length - SrtpProfile.MaxOverhead;
            int header = SrtpLayout.HeaderBytes(packet.AsSpan(0, plain));
            bool isReport = RtpPacket.LooksLikeRtcp(packet.AsSpan(0, plain));
            if (!isReport && header > 0)
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), i);
            int length = isReport ? sender.SealRtcp(packet, plain) : header > 0 ? sender.Seal(packet, header, packet.AsSpan(header, plain - header)) : 0;
            if (length > 0)
                honest.Add(packet[..length]);
        }

        var mutator = new Mutator(seed, honest);
        HashSet<string> taken = [];
        for (int i = 0; i < InputsPerSeed; i++)
        {
            byte[] input = mutator.Next();
            byte[] original = [.. input];
            bool isReport = RtpPacket.LooksLikeRtcp(input);
            SrtpOutcome outcome = isReport ? receiver.OpenRtcp(original, input, out int length) : receiver.Open(original, input, out length);
            Assert.InRange(length, 0, original.Length);
            // What opens is what was sealed, and opens once.
            if (outcome == SrtpOutcome.Opened)
                Assert.True(honest.Exists(h => h.AsSpan().SequenceEqual(original)) && taken.Add(Convert.ToHexString(original)));
        }
    }

    /// <summary>A browser's packet goes to the room; the room's goes to a browser; what is sent again comes back.</summary>
    private static void Opened(int seed)
    {
        var mutator = new Mutator(seed, Corpus.All);
        Random random = mutator.Random;
        var header = new WebHeader(random.Next(0, 17), random.Next(0, 17));
        var slot = new WebSlot(isVideo: random.Next(2) == 0, ssrc: 100, rtxSsrc: 101);
        var missing = new MissingNumbers();
        ushort[] asked = new ushort[random.Next(0, 40)];
        byte[] into = new byte[5000];
        long now = 0;
        long highest = 0;
        for (int i = 0; i < InputsPerSeed; i++)
        {
            now += random.Next(50_000);
            byte[] bytes = mutator.Next();
            if (!RtpPacket.TryParse(bytes, out RtpPacket rtp))
                continue;
            byte[] payload = bytes[rtp.PayloadOffset..];
            missing.Arrived(rtp.Sequence, now);
            Assert.InRange(missing.Count, 0, MissingNumbers.Most);
            Assert.InRange(missing.Ask(now, asked), 0, asked.Length);

            if (RtxReader.TryReadNumber(bytes, rtp, out ushort number))
            {
                byte[] copy = [.. bytes];
                int at = RtxReader.Unwrap(copy, rtp, 7, 96);
                Assert.True(RtpPacket.TryParse(copy.AsSpan(at), out RtpPacket unwrapped));
                Assert.Equal((number, 7u, rtp.PayloadLength - 2), (unwrapped.Sequence, unwrapped.Ssrc, unwrapped.PayloadLength));
                missing.TryFill(number, now);
            }

            byte[] room = [.. bytes];
            int start = header.ToRoom(room, rtp, 96);
            Assert.True(RtpPacket.TryParse(room.AsSpan(start), out RtpPacket read));
            Assert.Equal((96, rtp.Sequence, rtp.Timestamp, rtp.Ssrc, rtp.PayloadLength), (read.PayloadType, read.Sequence, read.Timestamp, read.Ssrc, read.PayloadLength));
            Assert.Equal(payload, room[(start + read.PayloadOffset)..]);

            if (random.Next(30) == 0)
                slot.Seat((uint)random.Next(3));
            if (slot.Source is null || !slot.TryShow(rtp, 120, now, out RtpPacket shown))
                continue;
            // Never a number that SRTP could not place.
            Assert.InRange((short)(shown.Sequence - (ushort)highest), -IndexWindow.Size, short.MaxValue);
            highest = Math.Max(highest, highest + (short)(shown.Sequence - (ushort)highest));
            int length = header.Write(bytes, rtp, shown, now, into);
            payload.CopyTo(into, length);
            Assert.True(RtpPacket.TryParse(into.AsSpan(0, length + payload.Length), out RtpPacket sent));
            Assert.Equal((shown.Sequence, shown.Timestamp, 100u, rtp.PayloadLength), (sent.Sequence, sent.Timestamp, sent.Ssrc, sent.PayloadLength));
            byte[] again = new byte[length + 2 + payload.Length];
            into.AsSpan(0, length).CopyTo(again);
            Assert.Equal(again.Length, slot.Rtx.Wrap(again, length, payload, 121));
            Assert.True(RtpPacket.TryParse(again, out RtpPacket rtx));
            if (RtxReader.TryReadNumber(again, rtx, out _))
                Assert.Equal(into[..(length + payload.Length)], again[RtxReader.Unwrap(again, rtx, 100, 120)..]);
        }
    }

    /// <summary>Whatever comes, the room gets whole packets, of a stream and a codec that were agreed on, and no repeated one of what was not missing.</summary>
    private static void Uplink(int seed)
    {
        var mutator = new Mutator(seed, Corpus.All);
        Random random = mutator.Random;
        var uplink = new WebUplink();
        byte[] said = new byte[TransportFeedback.MaxBytes];
        long now = 0;
        for (int i = 0; i < InputsPerSeed; i++)
        {
            if (i % 100 == 0)
                uplink.Adopt(AgreementOf(random));
            now += random.Next(50_000);
            byte[] bytes = mutator.Next();
            int length = bytes.Length;
            if (uplink.Take(bytes, now, out int start) is { } stream)
            {
                Assert.InRange(start, 0, length);
                Assert.True(RtpPacket.TryParse(bytes.AsSpan(start), out RtpPacket packet));
                Assert.Equal(stream.Shown, packet.Ssrc);
                Assert.True(packet.PayloadType is 96 or 111);
            }

            while (uplink.WriteFeedback(said, 1, now) is > 0 and int written)
                Assert.True(RtcpCompound.TryParse(said.AsSpan(0, written), out _));
        }
    }

    /// <summary>Whatever one side says, the other gets whole RTCP, and of nobody that sits on no line.</summary>
    private static void Reports(int seed)
    {
        var mutator = new Mutator(seed, Corpus.All);
        Random random = mutator.Random;
        var uplink = new WebUplink();
        var downlink = new WebDownlink(uplink, 1);
        WebAgreement agreement = AgreementOf(random);
        uplink.Adopt(agreement);
        downlink.Adopt(agreement);
        using var sender = new SrtpSender(SrtpMaster.Split(SrtpProfile.All[0], new byte[SrtpProfile.All[0].ExportBytes]).Server, SrtpCipher.Create);
        var audience = new Audience(random.Next(3));
        byte[] into = new byte[20_000];
        long now = 0;
        for (int i = 0; i < InputsPerSeed; i++)
        {
            now += random.Next(500_000);
            byte[] bytes = mutator.Next();
            Assert.InRange(downlink.Seal(audience, bytes, sender, into, now), 0, bytes.Length + WebDownlink.MaxOverhead);
            if (!RtpPacket.LooksLikeRtcp(bytes))
                continue;
            int toBrowser = WebReports.ToBrowser(bytes, audience.Channel, downlink.Seats, uplink, 1, into);
            Assert.InRange(toBrowser, 0, bytes.Length);
            Assert.True(toBrowser == 0 || RtcpCompound.TryParse(into.AsSpan(0, toBrowser), out _));
            int toRoom = WebReports.ToRoom(bytes, audience.Channel, new ServiceName("video"), downlink, uplink, 2, into);
            Assert.InRange(toRoom, 0, WebReports.MaxBytes);
            Assert.True(toRoom == 0 || RtcpCompound.TryParse(into.AsSpan(0, toRoom), out _));
        }
    }

    private static WebAgreement AgreementOf(Random random)
    {
        int Id() => random.Next(0, 16);
        int pairs = random.Next(0, 4);
        return new WebAgreement(
            [CertificateFingerprint.Of([1])], new WebExtensionIds(Id(), Id(), Id(), Id(), Id(), Id()),
            [new WebUplinkLine("0", new ServiceName("video"), random.Next(2) == 0 ? [new WebLayer("", new Ssrc(70))] : [new WebLayer("q", new Ssrc(71)), new WebLayer("h", new Ssrc(72), new Ssrc(3))])],
            [.. Enumerable.Range(0, pairs).Select(i => new WebDownlinkLine($"{i}", true, i, new Ssrc((uint)(100 + (2 * i))), new Ssrc((uint)(101 + (2 * i)))))],
            [new WebPayloadType(96, 96, 97), new WebPayloadType(111, 111, null)], [new WebPayloadType(96, 96, 97), new WebPayloadType(111, 111, null)]);
    }

    private sealed class Audience(int channel) : IWebAudience
    {
        public int Channel => channel;

        public ParticipantId? WhoSends(uint source) => source % 3 == 0 ? null : new ParticipantId((int)(source % 5));

        public bool IsHere(ParticipantId who) => who.Value != 2;
    }

    private static void Feedback(int seed)
    {
        var random = new Random(seed);
        var feedback = new TransportFeedback();
        byte[] packet = new byte[TransportFeedback.MaxBytes];
        HashSet<int> came = [];
        long now = random.NextInt64(1L << 44);
        ushort number = (ushort)random.Next(65536);
        for (int i = 0; i < InputsPerSeed * 4; i++)
        {
            now += random.Next(20) switch { 0 => random.NextInt64(30_000_000), < 5 => random.Next(200_000), _ => random.Next(2000) };
            number += (ushort)(random.Next(30) switch { 0 => random.Next(65536), < 4 => random.Next(40), 5 => 65536 - random.Next(1, 20), _ => 1 });
            feedback.Arrived(number, now);
            came.Add(number);
            if (random.Next(100) != 0)
                continue;
            for (int length = feedback.Write(packet, 1, 2, now); length > 0; length = feedback.Write(packet, 1, 2, now))
            {
                Assert.InRange(length, 24, packet.Length);
                Assert.All(FeedbackReader.Read(packet.AsSpan(0, length)).Where(r => r.Ticks is not null), r => Assert.Contains(r.Number & 0xFFFF, came));
            }

            Assert.False(feedback.IsDue(now + 1_000_000));
        }
    }

    private static byte[] Signed(byte[] message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(message.Length - 20 + 24));
        return Fingerprinted([.. message, 0, 8, 0, 20, .. HMACSHA1.HashData(_password, message)]);
    }

    private static byte[] Fingerprinted(byte[] message)
    {
        byte[] words = [.. message, .. new byte[-message.Length & 3]];
        BinaryPrimitives.WriteUInt16BigEndian(words.AsSpan(2), (ushort)(words.Length - 20 + 8));
        byte[] checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, StunFingerprint.Of(words));
        return [.. words, 0x80, 0x28, 0, 4, .. checksum];
    }
}
