using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Conference.Media.Web;

namespace Conference.Media.Tests.Web;

public sealed class StunTests
{
    private static readonly byte[] _password = Encoding.ASCII.GetBytes("VOkJxbRl1RmTxUk/WvJxBt");

    /// <summary>RFC 5769 section 2.1.</summary>
    private static readonly byte[] _request = Convert.FromHexString(
        "000100582112A442B7E7A701BC34D686FA87DFAE802200105354554E207465737420636C69656E74002400046E0001FF80290008932FF9B151263B36"
        + "000600096576746A3A68367659202020000800149AEAA70CBFD8CB56781EF2B5B2D3F249C1B571A280280004E57A3BCF");

    /// <summary>RFC 5769 section 2.2: to 192.0.2.1:32853.</summary>
    private static readonly byte[] _response4 = Convert.FromHexString(
        "0101003C2112A442B7E7A701BC34D686FA87DFAE8022000B7465737420766563746F7220002000080001A147E112A643"
        + "000800142B91F599FD9E90C38C7489F92AF9BA53F06BE7D780280004C07D4C96");

    /// <summary>RFC 5769 section 2.3: to [2001:db8:1234:5678:11:2233:4455:6677]:32853.</summary>
    private static readonly byte[] _response6 = Convert.FromHexString(
        "010100482112A442B7E7A701BC34D686FA87DFAE8022000B7465737420766563746F7220002000140002A1470113A9FAA5D3F179BC25F4B5BED2B9D9"
        + "00080014A382954E4BE67BF11784C97C8292C275BFE3ED4180280004C8FB0B4C");

    [Fact]
    public void The_sample_request_is_read_and_its_signature_is_right()
    {
        Assert.True(StunRequest.TryRead(_request, out StunRequest request));
        Assert.Equal("evtj", Encoding.ASCII.GetString(request.LocalUfrag));
        Assert.False(request.IsNominating);
        Assert.True(StunMessage.TryRead(_request, out StunMessage message));
        Assert.True(message.IsSignedWith(_password));
        Assert.False(message.IsSignedWith("VOkJxbRl1RmTxUk/WvJxBu"u8));
        Assert.False(message.IsSignedWith(""u8));
    }

    [Fact]
    public void The_sample_responses_are_signed_as_ours_are()
    {
        foreach (byte[] response in (byte[][])[_response4, _response6])
        {
            Assert.True(StunMessage.TryRead(response, out StunMessage message));
            Assert.True(message.HasFingerprint && message.IsSignedWith(_password));
        }
    }

    [Theory, InlineData("192.0.2.1", 64), InlineData("::ffff:192.0.2.1", 64), InlineData("2001:db8:1234:5678:11:2233:4455:6677", 76)]
    public void An_answer_says_where_the_question_came_from_and_is_not_longer(string address, int length)
    {
        byte[] answer = new byte[200];
        Assert.True(StunRequest.TryRead(_request, out StunRequest request));
        Assert.Equal(length, request.Answer(_password, AddressKey.From(IPAddress.Parse(address)), 32853, answer));
        Assert.InRange(length, 1, _request.Length);
        Assert.True(StunMessage.TryRead(answer.AsSpan(0, length), out StunMessage message));
        Assert.Equal(0x0101, message.Type);
        Assert.True(message.HasFingerprint && message.IsSignedWith(_password));
        Assert.True(message.TransactionId.SequenceEqual(_request.AsSpan(8, 12)));
        byte[] expected = length == 64 ? _response4[36..48] : _response6[36..60];
        Assert.Equal(expected, answer[20..(20 + expected.Length)]);
        Assert.All(answer[length..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void Who_does_not_know_the_password_is_not_answered()
    {
        byte[] answer = new byte[200];
        Assert.True(StunRequest.TryRead(_request, out StunRequest request));
        Assert.Equal(0, request.Answer("wrong"u8, AddressKey.FromV4(0x7F000001), 1, answer));
        Assert.All(answer, b => Assert.Equal(0, b));
    }

    [Fact]
    public void No_changed_byte_passes()
    {
        byte[] answer = new byte[200];
        for (int at = 0; at < _request.Length; at++)
        {
            byte[] changed = [.. _request];
            changed[at] ^= 0x10;
            Assert.False(StunRequest.TryRead(changed, out _), $"{at}");
            // As by somebody who can compute the checksum, and the length.
            if (at is not (2 or 3) && at < _request.Length - 8 && StunRequest.TryRead(Fingerprinted(changed[..^8]), out StunRequest request))
                Assert.Equal(0, request.Answer(_password, AddressKey.FromV4(1), 1, answer));
        }
    }

    [Fact]
    public void Every_part_a_check_must_have_is_missed()
    {
        Assert.True(StunRequest.TryRead(Request([]), out _));
        Assert.False(StunRequest.TryRead(Request([], username: null), out _));
        Assert.False(StunRequest.TryRead(Request([], username: "nocolon0"), out _));
        Assert.False(StunRequest.TryRead(Request([], username: ":theirs0"), out _));
        Assert.False(StunRequest.TryRead(Request([], isSigned: false), out _));
        Assert.False(StunRequest.TryRead(Request([], type: 0x0101), out _));
        Assert.False(StunRequest.TryRead(Request([], type: 0x0011), out _));
        byte[] whole = Request([]);
        Assert.False(StunRequest.TryRead(Sized(whole[..^8]), out _));
    }

    [Fact]
    public void An_answer_is_never_longer_than_the_shortest_question()
    {
        // Without priority, with the shortest names: no agent sends it, and it could be answered with more.
        byte[] shortest = Signed([0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, .. new byte[12], 0, 6, 0, 3, 97, 58, 98, 0]);
        Assert.True(StunMessage.TryRead(shortest, out StunMessage message) && message.IsSignedWith(_password));
        Assert.True(shortest.Length < StunRequest.MaxAnswerBytes);
        Assert.False(StunRequest.TryRead(shortest, out _));
    }

    [Fact]
    public void An_attribute_that_one_must_know_is_not_passed_over()
    {
        Assert.False(StunRequest.TryRead(Request([0x00, 0x77, 0, 4, 1, 2, 3, 4]), out _));
        Assert.True(StunRequest.TryRead(Request([0xC0, 0x57, 0, 4, 0, 1, 0, 10]), out _));
    }

    [Fact]
    public void What_stands_behind_the_signature_counts_for_nothing()
    {
        byte[] signed = Request([])[..^8];
        byte[] late = Fingerprinted([.. signed, 0, 0x25, 0, 0]);
        Assert.True(StunRequest.TryRead(late, out StunRequest request));
        Assert.False(request.IsNominating);
        Assert.True(StunRequest.TryRead(Request([0, 0x25, 0, 0]), out StunRequest nominating));
        Assert.True(nominating.IsNominating);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_no_stun()
    {
        byte[] good = Request([]);
        Assert.True(StunMessage.TryRead(good, out _));
        for (int length = 0; length < good.Length; length++)
            Assert.False(StunMessage.TryRead(good.AsSpan(0, length), out _));
        Assert.False(StunMessage.TryRead([.. good, 0, 0, 0, 0], out _));
        Assert.False(StunMessage.TryRead(Sized([.. good[..20], 0xC0, 1, 0xFF, 0xFF]), out _));
        Assert.False(StunMessage.TryRead(new byte[StunMessage.MaxBytes + 4], out _));
        byte[] long_ = new byte[1504];
        good.AsSpan(0, 20).CopyTo(long_);
        Assert.False(StunMessage.TryRead(Sized(long_), out _));
    }

    [Fact]
    public void A_recorded_check_does_not_come_from_elsewhere()
    {
        var history = new StunHistory();
        AddressKey here = AddressKey.FromV4(0x7F000001);
        AddressKey there = AddressKey.FromV4(0x7F000002);
        StunTransaction Transaction(int i) => new((ulong)i, 7);
        Assert.True(history.TryTake(Transaction(1), here, 5000));
        Assert.True(history.TryTake(Transaction(1), here, 5000));
        Assert.False(history.TryTake(Transaction(1), there, 5000));
        Assert.False(history.TryTake(Transaction(1), here, 5001));
        // A browser that has moved signs a new one.
        Assert.True(history.TryTake(Transaction(2), there, 5000));
        for (int i = 3; i < StunHistory.Length + 1; i++)
            Assert.True(history.TryTake(Transaction(i), here, 5000));
        Assert.False(history.TryTake(Transaction(1), there, 5000));
    }

    [Fact]
    public void Reading_and_answering_allocate_nothing()
    {
        byte[] answer = new byte[StunRequest.MaxAnswerBytes];
        long before = 0;
        for (int i = -200; i < 2000; i++)
        {
            if (i == 0)
                before = GC.GetAllocatedBytesForCurrentThread();
            if (!StunRequest.TryRead(_request, out StunRequest request) || request.Answer(_password, AddressKey.FromV4(1), 1, answer) == 0)
                Assert.Fail("was not answered");
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100);
    }

    private static byte[] Request(byte[] more, string? username = "ours:theirs0", bool isSigned = true, ushort type = 1)
    {
        List<byte> message = [(byte)(type >> 8), (byte)type, 0, 0, 0x21, 0x12, 0xA4, 0x42, .. Enumerable.Range(1, 12).Select(i => (byte)i)];
        if (username is not null)
            message.AddRange([0, 6, 0, (byte)username.Length, .. Encoding.ASCII.GetBytes(username), .. new byte[-username.Length & 3]]);
        message.AddRange([0, 0x24, 0, 4, 1, 2, 3, 4, 0x80, 0x2A, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, .. more]);
        return isSigned ? Signed([.. message]) : Fingerprinted([.. message, .. new byte[0]]);
    }

    private static byte[] Signed(byte[] message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(message.Length - 20 + 24));
        return Fingerprinted([.. message, 0, 8, 0, 20, .. HMACSHA1.HashData(_password, message)]);
    }

    private static byte[] Fingerprinted(byte[] message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(message.Length - 20 + 8));
        byte[] checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, StunFingerprint.Of(message));
        return [.. message, 0x80, 0x28, 0, 4, .. checksum];
    }

    private static byte[] Sized(byte[] message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(message.Length - 20));
        return message;
    }
}
