using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Conference.Media.Transport.OpenSsl;
using Conference.Media.Web;
using Conference.Protocol.Rtp;

namespace Conference.Media.Tests.Web;

/// <summary>What a browser does on the wire, by a socket of its own: checks, the handshake, sealed media.</summary>
internal sealed class SimulatedBrowser : IDisposable
{
    /// <summary>Chromium's numbers, which are not the room's.</summary>
    public const byte Vp8 = 100, Vp8Rtx = 101, Opus = 63;

    public const int MidId = 4, RidId = 10, RepairedRidId = 11, SendTimeId = 2, TransportId = 3, AudioLevelId = 1;

    private readonly IMediaPlane _plane;
    private readonly WebOpening.Opened _opened;
    private readonly DtlsClient _dtls = new();
    private readonly Socket _socket;
    private readonly bool _isTcp;
    private readonly byte[] _buffer = new byte[65536];

    public SimulatedBrowser(IMediaPlane plane, RoomId room, IPAddress? address = null, bool byTcp = false, int port = 0)
    {
        _plane = plane;
        _opened = plane.OpenWeb(room) as WebOpening.Opened ?? throw new InvalidOperationException("there are no browsers here");
        _isTcp = byTcp;
        _socket = NewSocket(address ?? IPAddress.Loopback, byTcp, port);
        if (byTcp)
            _socket.Connect(IPAddress.Loopback, plane.WebNumber);
    }

    public WebId Id => _opened.Id;

    public WebOpening.Opened Opened => _opened;

    public SrtpSender? Sender { get; private set; }

    public SrtpReceiver? Receiver { get; private set; }

    public CertificateFingerprint Fingerprint => _dtls.Certificate.Fingerprint;

    /// <summary>A camera of layers, a microphone, and pairs of lines.</summary>
    public WebAgreement Agreement(int pairs = 2, params (string Rid, uint Shown)[] layers) => new(
        [Fingerprint],
        new WebExtensionIds(MidId, RidId, RepairedRidId, AudioLevelId, SendTimeId, TransportId),
        [
            new WebUplinkLine("0", new ServiceName("audio"), [new WebLayer("", new Ssrc(7001))]),
            new WebUplinkLine("1", new ServiceName("video"), layers.Length == 0 ? [new WebLayer("", new Ssrc(7002))] : [.. layers.Select(l => new WebLayer(l.Rid, new Ssrc(l.Shown)))]),
        ],
        [.. Enumerable.Range(0, pairs).SelectMany(i => (WebDownlinkLine[])[
            new WebDownlinkLine($"a{i}", false, i, new Ssrc((uint)(9000 + (i * 10))), new Ssrc((uint)(9001 + (i * 10)))),
            new WebDownlinkLine($"v{i}", true, i, new Ssrc((uint)(9002 + (i * 10))), new Ssrc((uint)(9003 + (i * 10)))),
        ])],
        [new WebPayloadType(Vp8, 96, Vp8Rtx), new WebPayloadType(Opus, 111, null)],
        [new WebPayloadType(Vp8, 96, Vp8Rtx), new WebPayloadType(Opus, 111, null)]);

    /// <summary>Checks, shakes hands, and waits until the plane knows.</summary>
    public void Connect()
    {
        BeginHandshake();
        long deadline = Environment.TickCount64 + 10_000;
        while (!_dtls.IsDone || _plane.ReadWeb(Id) != WebState.Connected)
        {
            Demand(Environment.TickCount64 < deadline && !_dtls.HasFailed && _plane.ReadWeb(Id) != WebState.Lost, "the handshake is not over");
            foreach (byte[] record in _dtls.Take())
                SendRaw(record);
            if (!_socket.Poll(TimeSpan.FromMilliseconds(50), SelectMode.SelectRead))
                _dtls.HandleTimeout();
            else if (ReceiveRaw() is [>= 20 and <= 63, ..] datagram)
                _dtls.Receive(datagram);
        }

        SrtpProfile profile = SrtpProfile.All.First(p => p.Name == _dtls.Profile);
        (SrtpMaster sending, SrtpMaster receiving) = SrtpMaster.Split(profile, _dtls.Export(profile.ExportBytes));
        Sender = new SrtpSender(sending, SrtpCipher.Create);
        Receiver = new SrtpReceiver(receiving, SrtpCipher.Create);
    }

    /// <summary>Checks, and says the first word of the handshake.</summary>
    public void BeginHandshake()
    {
        Check();
        Demand(ReceiveRaw()[0] == 0x01, "the check was not answered");
        foreach (byte[] record in Hello())
            SendRaw(record);
    }

    /// <summary>The first word of a handshake.</summary>
    public byte[][] Hello()
    {
        _dtls.Step();
        return [.. _dtls.Take()];
    }

    /// <summary>A connectivity check, signed and nominating.</summary>
    public void Check(string? password = null) => SendRaw(CheckOf(_opened.Ufrag, password ?? _opened.Password));

    public static byte[] CheckOf(string ufrag, string password)
    {
        byte[] username = Encoding.ASCII.GetBytes($"{ufrag}:browser-with-a-long-fragment");
        byte[] message = new byte[20 + 4 + ((username.Length + 3) & ~3) + 8 + 4 + 24 + 8];
        message[1] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), StunMessage.Cookie);
        RandomNumberGenerator.Fill(message.AsSpan(8, 12));
        int at = 20;
        Begin(StunAttribute.Username, username.Length);
        username.CopyTo(message, at + 4);
        at += 4 + ((username.Length + 3) & ~3);
        Begin(0x0024, 4);
        at += 8;
        Begin(StunAttribute.UseCandidate, 0);
        at += 4;
        Length(at + 24);
        Begin(StunAttribute.MessageIntegrity, 20);
        StunMessage.Sign(message.AsSpan(0, at), Encoding.ASCII.GetBytes(password), message.AsSpan(at + 4, 20));
        at += 24;
        Length(at + 8);
        Begin(StunAttribute.Fingerprint, 4);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(at + 4), StunFingerprint.Of(message.AsSpan(0, at)));
        return message;

        void Begin(ushort type, int length)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at), type);
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 2), (ushort)length);
        }

        void Length(int end) => BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(end - 20));
    }

    /// <summary>Sends a packet whose header names its line, and its layer.</summary>
    public void SendRtp(string mid, uint ssrc, ushort number, string payload, byte type, string rid = "", ushort? transport = null, bool isRepair = false)
    {
        List<byte> extension = [];
        Element(MidId, Encoding.ASCII.GetBytes(mid));
        if (rid.Length > 0)
            Element(isRepair ? RepairedRidId : RidId, Encoding.ASCII.GetBytes(rid));
        if (transport is { } wide)
            Element(TransportId, [(byte)(wide >> 8), (byte)wide]);
        while (extension.Count % 4 != 0)
            extension.Add(0);
        byte[] packet = new byte[16 + extension.Count + payload.Length + SrtpProfile.MaxOverhead];
        new RtpPacket(type, false, number, number * 3000u, ssrc).Write(packet);
        packet[0] |= 0x10;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), 0xBEDE);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), (ushort)(extension.Count / 4));
        extension.CopyTo(packet, 16);
        int length = Sender!.Seal(packet, 16 + extension.Count, Encoding.ASCII.GetBytes(payload));
        SendRaw(packet[..length]);

        void Element(int id, byte[] data)
        {
            extension.Add((byte)((id << 4) | (data.Length - 1)));
            extension.AddRange(data);
        }
    }

    public void SendRtcp(byte[] compound)
    {
        byte[] packet = new byte[compound.Length + SrtpProfile.MaxOverhead];
        compound.CopyTo(packet, 0);
        SendRaw(packet[..Sender!.SealRtcp(packet, compound.Length)]);
    }

    /// <summary>The next packet of media that comes, opened; RTCP and answers to checks are passed over.</summary>
    public byte[] ReceiveRtp() => Receive(isRtcp: false);

    public byte[] ReceiveRtcp() => Receive(isRtcp: true);

    public byte[] ReceiveRaw()
    {
        Demand(_socket.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead), "nothing reached the browser");
        return ReceiveOne();
    }

    /// <summary>What has come within a moment.</summary>
    public List<byte[]> DrainRaw(int milliseconds = 200)
    {
        List<byte[]> all = [];
        while (_socket.Poll(TimeSpan.FromMilliseconds(milliseconds), SelectMode.SelectRead))
            all.Add(ReceiveOne());
        return all;
    }

    public void SendRaw(ReadOnlySpan<byte> datagram)
    {
        if (_isTcp)
            _socket.Send([(byte)(datagram.Length >> 8), (byte)datagram.Length, .. datagram]);
        else
            _socket.SendTo(datagram, new IPEndPoint(((IPEndPoint)_socket.LocalEndPoint!).AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, _plane.WebNumber));
    }

    public void Dispose()
    {
        _plane.CloseWeb(Id);
        _socket.Dispose();
        _dtls.Dispose();
        Sender?.Dispose();
        Receiver?.Dispose();
    }

    private byte[] ReceiveOne()
    {
        if (!_isTcp)
            return _buffer[.._socket.Receive(_buffer)];
        Fill(0, 2);
        int length = BinaryPrimitives.ReadUInt16BigEndian(_buffer);
        Fill(0, length);
        return _buffer[..length];

        void Fill(int from, int to)
        {
            while (from < to)
                from += _socket.Receive(_buffer.AsSpan(from, to - from));
        }
    }

    /// <summary>Leaves its address to somebody else; the connection stays for a while.</summary>
    public void LeaveAddress()
    {
        _socket.Dispose();
        _dtls.Dispose();
    }

    // Benchmarks use it too, which have no assertions.
    private static void Demand(bool isSo, string otherwise)
    {
        if (!isSo)
            throw new InvalidOperationException(otherwise);
    }

    private static Socket NewSocket(IPAddress address, bool isTcp, int port)
    {
        Socket socket = isTcp
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    }

    private byte[] Receive(bool isRtcp)
    {
        while (true)
        {
            byte[] datagram = ReceiveRaw();
            if (datagram[0] is < 128 or > 191 || RtpPacket.LooksLikeRtcp(datagram) != isRtcp)
                continue;
            SrtpOutcome outcome = isRtcp ? Receiver!.OpenRtcp(datagram, datagram, out int length) : Receiver!.Open(datagram, datagram, out length);
            Demand(outcome == SrtpOutcome.Opened, $"what came is {outcome}");
            return datagram[..length];
        }
    }
}
