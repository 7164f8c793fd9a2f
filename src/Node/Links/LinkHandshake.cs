using System.Security.Cryptography;
using Conference.Actors.Cluster;
using Conference.Node.Links.Protos;
using Google.Protobuf;

namespace Conference.Node.Links;

/// <summary>
/// The words before the first frame. <c>Hello</c> from the dialer; <c>Challenge</c>, the listener's hello and proof; <c>Answer</c>, the
/// dialer's proof; <c>Accepted</c>. The dialer says nothing more to a listener that has not proved itself; the listener decides who
/// may come in only once the dialer has.
/// </summary>
internal sealed class LinkHandshake(LinkOptions options, NodeId self)
{
    private const int NonceBytes = 32;
    private const int IdBytes = 16;
    private const int MaxReleaseLength = 64;

    /// <exception cref="LinkRefusedException">Either side refused.</exception>
    public async Task<LinkPartner> DialAsync(
        HandshakeChannel channel, NodeId to, ReadOnlyMemory<byte> ownCertificate, ReadOnlyMemory<byte> theirCertificate, CancellationToken cancellationToken)
    {
        byte[] hello = HelloTo(to);
        await channel.SendAsync(hello, cancellationToken);
        var challenge = Parse(Challenge.Parser, await channel.ReceiveAsync(cancellationToken));
        if (!IsProof(LinkRole.Listener, challenge.Proof))
            throw new LinkRefusedException(LinkRefusal.Secret, isOurs: true);
        var (listener, _) = Read(challenge.Hello.Span);
        if (listener.Node != to)
            throw new LinkRefusedException(LinkRefusal.WrongNode, isOurs: true);

        await channel.SendAsync(new Answer { Proof = ByteString.CopyFrom(options.Secret.Prove(LinkRole.Dialer, Transcript())) }.ToByteArray(), cancellationToken);
        Accepted accepted;
        try
        {
            accepted = Parse(Accepted.Parser, await channel.ReceiveAsync(cancellationToken));
        }
        catch (LinkRefusedException e) when (e is { Refusal: LinkRefusal.Version, IsOurs: false })
        {
            throw new LinkRefusedException(LinkRefusal.Version, isOurs: false, Incompatible(listener));
        }

        return listener.Protocols.Common(options.Protocols) == (int)accepted.Protocol
            ? listener with { Protocol = (int)accepted.Protocol }
            : throw new LinkRefusedException(LinkRefusal.Malformed, isOurs: true);

        bool IsProof(LinkRole role, ByteString proof) => options.Secret.IsProof(role, Transcript(), proof.Span);

        Transcript Transcript() => new()
        {
            DialerCertificate = ownCertificate.Span,
            ListenerCertificate = theirCertificate.Span,
            DialerHello = hello,
            ListenerHello = challenge.Hello.Span,
        };
    }

    /// <param name="channel">To the dialer.</param>
    /// <param name="ownCertificate">SHA-256 of it.</param>
    /// <param name="theirCertificate">SHA-256 of it.</param>
    /// <param name="isMember">Whether a node that has proved itself is in the cluster.</param>
    /// <param name="cancellationToken">The handshake's time is over.</param>
    /// <exception cref="LinkRefusedException">Either side refused.</exception>
    public async Task<LinkPartner> ListenAsync(
        HandshakeChannel channel, ReadOnlyMemory<byte> ownCertificate, ReadOnlyMemory<byte> theirCertificate,
        Func<NodeId, CancellationToken, Task<bool>> isMember, CancellationToken cancellationToken)
    {
        byte[] dialerHello = await channel.ReceiveAsync(cancellationToken);
        var (dialer, to) = Read(dialerHello);
        byte[] hello = HelloTo(dialer.Node);
        var challenge = new Challenge
        {
            Hello = UnsafeByteOperations.UnsafeWrap(hello),
            Proof = ByteString.CopyFrom(options.Secret.Prove(LinkRole.Listener, Transcript())),
        };
        await channel.SendAsync(challenge.ToByteArray(), cancellationToken);
        var answer = Parse(Answer.Parser, await channel.ReceiveAsync(cancellationToken));
        if (!options.Secret.IsProof(LinkRole.Dialer, Transcript(), answer.Proof.Span))
            throw new LinkRefusedException(LinkRefusal.Secret, isOurs: true);

        // From here on it is a node of a cluster with our secret that speaks.
        if (to != self)
            throw new LinkRefusedException(LinkRefusal.WrongNode, isOurs: true);
        if (dialer.Node >= self)
            throw new LinkRefusedException(LinkRefusal.WrongDirection, isOurs: true);
        if (!await isMember(dialer.Node, cancellationToken))
            throw new LinkRefusedException(LinkRefusal.UnknownNode, isOurs: true);
        if (dialer.Protocols.Common(options.Protocols) is not { } protocol)
            throw new LinkRefusedException(LinkRefusal.Version, isOurs: true, Incompatible(dialer));
        await channel.SendAsync(new Accepted { Protocol = (uint)protocol }.ToByteArray(), cancellationToken);
        return dialer with { Protocol = protocol };

        Transcript Transcript() => new()
        {
            DialerCertificate = theirCertificate.Span,
            ListenerCertificate = ownCertificate.Span,
            DialerHello = dialerHello,
            ListenerHello = hello,
        };
    }

    private string Incompatible(LinkPartner other) =>
        $"node {other.Node} is release {other.Release} and speaks protocol {other.Protocols}, this is release {options.Release} and speaks {options.Protocols}";

    private byte[] HelloTo(NodeId other) => new Hello
    {
        Nonce = UnsafeByteOperations.UnsafeWrap(RandomNumberGenerator.GetBytes(NonceBytes)),
        Node = UnsafeByteOperations.UnsafeWrap(self.Value.ToByteArray(bigEndian: true)),
        To = UnsafeByteOperations.UnsafeWrap(other.Value.ToByteArray(bigEndian: true)),
        Release = options.Release[..Math.Min(options.Release.Length, MaxReleaseLength)],
        MinProtocol = (uint)options.Protocols.Min,
        MaxProtocol = (uint)options.Protocols.Max,
    }.ToByteArray();

    private static (LinkPartner Partner, NodeId To) Read(ReadOnlySpan<byte> bytes)
    {
        var hello = Parse(Hello.Parser, bytes);
        if (hello.Nonce.Length != NonceBytes || hello.Node.Length != IdBytes || hello.To.Length != IdBytes
            || hello.Release.Length > MaxReleaseLength || hello.MinProtocol > hello.MaxProtocol || hello.MaxProtocol > int.MaxValue)
            throw new LinkRefusedException(LinkRefusal.Malformed, isOurs: true);
        var protocols = new ProtocolRange((int)hello.MinProtocol, (int)hello.MaxProtocol);
        return (new LinkPartner(Id(hello.Node), hello.Release, protocols, Protocol: 0), Id(hello.To));

        static NodeId Id(ByteString bytes) => new(new Guid(bytes.Span, bigEndian: true));
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new LinkRefusedException(LinkRefusal.Malformed, isOurs: true);
        }
    }
}

/// <summary>Who is at the other end of a link, as it said itself.</summary>
/// <param name="Node">Who.</param>
/// <param name="Release">For logs.</param>
/// <param name="Protocols">What it can speak.</param>
/// <param name="Protocol">What is spoken.</param>
internal sealed record LinkPartner(NodeId Node, string Release, ProtocolRange Protocols, int Protocol);
