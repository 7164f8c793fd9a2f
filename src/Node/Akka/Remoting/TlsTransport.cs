using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;
using Conference.Node.Settings;

namespace Conference.Node.Akka.Remoting;

/// <summary>
/// Akka.Remote's transport between the nodes: TCP, mutual TLS, then frames (<see cref="TlsAssociation"/>). It stands in the place of Akka's own, DotNetty, which
/// cannot be used with TLS here: when a connection it makes ends before its TLS handshake is over (the other node is killed at that moment, or somebody else
/// listens there), it shuts down the whole actor system it belongs to. It also starts an actor for every stranger's connection before any proof, offers TLS
/// from 1.0 to 1.2 only, and reads its certificate once.
/// </summary>
public sealed class TlsTransport : Transport
{
    /// <summary>The protocol of the nodes' addresses is <c>akka.tls</c>.</summary>
    public const string Scheme = "tls";

    /// <summary>For a connection to be made, and once more for the handshake.</summary>
    private static readonly TimeSpan _dialLimit = TimeSpan.FromSeconds(3);

    /// <summary>How long others have to take what was still to be sent.</summary>
    private static readonly TimeSpan _closeLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _acceptPause = TimeSpan.FromMilliseconds(100);

    private readonly RemotingOptions _options;
    private readonly ILogger _log;
    private readonly Strangers _strangers;
    // Akka takes two associations with the same addresses for equal; here each is its own.
    private readonly ConcurrentDictionary<TlsAssociation, bool> _associations = new(ReferenceEqualityComparer.Instance);
    private Address? _self;
    private Socket? _listener;
    private long _saidAt;
    private volatile bool _isDown;

    /// <summary>Akka makes it, by its name.</summary>
    public TlsTransport(ActorSystem system, Config config)
    {
        ArgumentNullException.ThrowIfNull(system);
        (System, Config, SchemeIdentifier) = (system, config, Scheme);
        _options = system.Settings.Setup.Get<RemotingOptions>().Value;
        _log = _options.Loggers.CreateLogger<TlsTransport>();
        _strangers = new Strangers();
        MaximumPayloadBytes = config.GetByteSize("maximum-frame-size") ?? throw new ConfigurationException("maximum-frame-size is missing");
    }

    public override bool IsResponsibleFor(Address remote) => true;

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var listener = new Socket(_options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (_options.Listen.Equals(IPAddress.IPv6Any))
                listener.DualMode = true;
            listener.Bind(new IPEndPoint(_options.Listen, _options.Port));
            listener.Listen(512);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            return Task.FromException<(Address, TaskCompletionSource<IAssociationEventListener>)>(
                new PortException("Cluster:Port", new IPEndPoint(_options.Listen, _options.Port), e));
        }

        _listener = listener;
        _self = new Address(Scheme, System.Name, _options.Host, ((IPEndPoint)listener.LocalEndPoint!).Port);
        var upstream = new TaskCompletionSource<IAssociationEventListener>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = AcceptAsync(listener, upstream.Task);
        return Task.FromResult((_self, upstream));
    }

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        ArgumentNullException.ThrowIfNull(remoteAddress);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        SslStream? tls = null;
        try
        {
            Prepare(socket);
            using var limit = new CancellationTokenSource(_dialLimit);
            await socket.ConnectAsync(remoteAddress.Host.Trim('[', ']'), remoteAddress.Port!.Value, limit.Token).ConfigureAwait(false);
            limit.CancelAfter(_dialLimit);
            tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(_options.Credentials().ForDialer(), limit.Token).ConfigureAwait(false);
            return Open(remoteAddress, tls, socket);
        }
        catch (Exception e) when (IsOfTheConnection(e))
        {
            tls?.Dispose();
            socket.Dispose();
            throw new InvalidAssociationException($"no connection to {remoteAddress}: {e.Message}", e);
        }
    }

    public override async Task<bool> Shutdown()
    {
        _isDown = true;
        _listener?.Dispose();
        var all = _associations.Keys.ToArray();
        foreach (var association in all)
            association.Close();
        try
        {
            await Task.WhenAll(all.Select(a => a.Closed)).WaitAsync(_closeLimit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (var association in all)
                association.Abort();
        }

        return true;
    }

    private static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        // A host that vanishes says nothing: the kernel asks.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 2);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 5);
    }

    private static bool IsOfTheConnection(Exception e) =>
        e is AuthenticationException or IOException or SocketException or OperationCanceledException or ObjectDisposedException or Win32Exception;

    private async Task AcceptAsync(Socket listener, Task<IAssociationEventListener> upstream)
    {
        var events = await upstream.ConfigureAwait(false);
        while (!_isDown)
        {
            try
            {
                var socket = await listener.AcceptAsync().ConfigureAwait(false);
                _ = WelcomeAsync(socket, events);
            }
            catch (Exception e) when (_isDown && e is SocketException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // No more files, or who came is gone: the port stays open.
                RemotingLog.AcceptFailed(_log, e.Message);
                await Task.Delay(_acceptPause).ConfigureAwait(false);
            }
        }
    }

    private async Task WelcomeAsync(Socket socket, IAssociationEventListener events)
    {
        using var stranger = _strangers.Enter(socket);
        SslStream? tls = null;
        try
        {
            Prepare(socket);
            var from = (IPEndPoint)socket.RemoteEndPoint!;
            tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsServerAsync(_options.Credentials().ForListener(), stranger.Deadline).ConfigureAwait(false);
            stranger.Prove();
            events.Notify(new InboundAssociation(Open(new Address(Scheme, System.Name, NodeEndpoint.HostOf(from.Address), from.Port), tls, socket)));
        }
        catch (Exception e) when (IsOfTheConnection(e))
        {
            Refused(e);
            if (tls is not null)
                await tls.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
        }
    }

    /// <summary>Counted each time; said once a minute.</summary>
    private void Refused(Exception why)
    {
        _options.Refused();
        long now = Environment.TickCount64;
        long before = Interlocked.Read(ref _saidAt);
        if ((before == 0 || now - before > 60_000) && Interlocked.CompareExchange(ref _saidAt, now, before) == before)
            RemotingLog.Refused(_log, why is OperationCanceledException ? "it said nothing in time, or there were too many" : why.Message);
    }

    private TlsAssociation Open(Address remote, SslStream tls, Socket socket)
    {
        var association = new TlsAssociation(_self!, remote, tls, socket, (int)MaximumPayloadBytes);
        _associations[association] = true;
        association.Closed.ContinueWith(_ => _associations.TryRemove(association, out bool _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (_isDown)
            association.Abort();
        return association;
    }
}
