using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>Puts the <see cref="Wire"/> of a system's cluster around its TCP transport.</summary>
public sealed class WireTransportProvider : ITransportAdapterProvider
{
    public Transport Create(Transport wrappedTransport, ExtendedActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return new WireTransport(wrappedTransport, TestParts.Of(system.Settings.Config));
    }
}

internal sealed class WireTransport : Transport, IAssociationEventListener
{
    private readonly Transport _inner;
    private readonly TestParts _parts;
    private IAssociationEventListener? _listener;

    public WireTransport(Transport inner, TestParts parts)
    {
        (_inner, _parts) = (inner, parts);
        SchemeIdentifier = inner.SchemeIdentifier;
        MaximumPayloadBytes = inner.MaximumPayloadBytes;
        Config = inner.Config;
        System = inner.System;
    }

    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var (address, inner) = await _inner.Listen().ConfigureAwait(false);
        _parts.Wire.Know($"{address.Host}:{address.Port}", _parts.Name);
        var outer = new TaskCompletionSource<IAssociationEventListener>();
        _ = outer.Task.ContinueWith(
            listener =>
            {
                _listener = listener.Result;
                inner.TrySetResult(this);
            },
            CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        return (address, outer);
    }

    public override bool IsResponsibleFor(Address remote) => _inner.IsResponsibleFor(remote);

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        string? peer = _parts.Wire.NameOf($"{remoteAddress.Host}:{remoteAddress.Port}");
        if (!_parts.Wire.IsOpen(_parts.Name, peer))
            throw new InvalidAssociationException($"{_parts.Name} is cut off from {peer}");
        var handle = await _inner.Associate(remoteAddress).ConfigureAwait(false);
        return new WireHandle(handle, _parts, peer);
    }

    public override Task<bool> Shutdown() => _inner.Shutdown();

    public void Notify(IAssociationEvent ev)
    {
        if (ev is InboundAssociation inbound)
            ev = new InboundAssociation(new WireHandle(inbound.Association, _parts, peer: null));
        _listener?.Notify(ev);
    }
}

/// <summary>One association, seen from one of its ends.</summary>
internal sealed class WireHandle : AssociationHandle, IHandleEventListener
{
    private readonly AssociationHandle _inner;
    private readonly TestParts _parts;
    private volatile IHandleEventListener? _reader;
    private volatile string? _peer;

    public WireHandle(AssociationHandle inner, TestParts parts, string? peer)
        : base(inner.LocalAddress, inner.RemoteAddress)
    {
        (_inner, _parts, _peer) = (inner, parts, peer);
        parts.Wire.Add(this);
        _ = ReadHandlerSource.Task.ContinueWith(
            reader =>
            {
                _reader = reader.Result;
                inner.ReadHandlerSource.TrySetResult(this);
            },
            CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public string Self => _parts.Name;

    /// <summary>Null until the other end has said who it is.</summary>
    public string? Peer => _peer;

    public override bool Write(ByteString payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        return !_parts.Wire.Take(Self, _peer, WireFrame.Read(payload), payload.Length) || _inner.Write(payload);
    }

    [Obsolete("As its base.")]
    public override void Disassociate()
    {
        _parts.Wire.Remove(this);
        _inner.Disassociate();
    }

    public void End()
    {
#pragma warning disable CS0618 // The other says the same and writes a line.
        Disassociate();
#pragma warning restore CS0618
    }

    public void Notify(IHandleEvent ev)
    {
        if (ev is Disassociated)
            _parts.Wire.Remove(this);
        else if (_peer is null && ev is InboundPayload first && WireFrame.Read(first.Payload).Origin is { } origin)
        {
            _peer = _parts.Wire.NameOf(origin);
            if (!_parts.Wire.IsOpen(Self, _peer))
            {
                End();
                return;
            }
        }

        if (ev is not InboundPayload || _parts.Wire.IsOpen(Self, _peer))
            _reader?.Notify(ev);
    }
}
