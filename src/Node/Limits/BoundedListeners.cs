using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Conference.Node.Limits;

/// <summary>
/// Listeners that accept no more than so many connections at a time; who comes on top waits in the kernel's queue, where it takes nothing of ours. Listeners that
/// are given the same semaphore share it.
/// </summary>
/// <param name="inner">Who listens.</param>
/// <param name="placesOf">The places there are for an endpoint's connections.</param>
internal sealed class BoundedListeners(IConnectionListenerFactory inner, Func<EndPoint, ListenerPlaces> placesOf) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken), placesOf(endpoint));

    private sealed class Listener(IConnectionListener inner, ListenerPlaces places) : IConnectionListener
    {
        /// <summary>How often it is looked whether one has become idle, while all places are taken.</summary>
        private static readonly TimeSpan _every = TimeSpan.FromMilliseconds(100);

        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                await TakePlaceAsync();
            }
            catch (OperationCanceledException)
            {
                return null;
            }

            ConnectionContext? accepted = null;
            try
            {
                accepted = await inner.AcceptAsync(cancellationToken);
            }
            finally
            {
                if (accepted is null)
                    places.All.Release();
            }

            return accepted is null ? null : new Connection(accepted, places);
        }

        private async Task TakePlaceAsync()
        {
            if (places.Idle is not { } idle)
            {
                await places.All.WaitAsync(_unbound.Token);
                return;
            }

            for (bool isTaken = places.All.Wait(0); !isTaken; isTaken = await places.All.WaitAsync(_every, _unbound.Token))
                idle.CloseLongest();
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync();
            await inner.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            _unbound.Dispose();
        }
    }

    /// <summary>A connection that gives its place back when its descriptor is closed.</summary>
    private sealed class Connection : ConnectionContext, IConnectionPlace
    {
        private readonly ConnectionContext _inner;
        private readonly IdleConnections? _idle;
        private readonly Lock _gate = new();

        /// <summary>Null once it has been given back.</summary>
        private SemaphoreSlim? _places;

        // Both are guarded by _gate.
        private int _requests;
        private LinkedListNode<ConnectionContext>? _idlePlace;

        public Connection(ConnectionContext inner, ListenerPlaces places)
        {
            _inner = inner;
            _places = places.All;
            _idle = places.Idle;
            _idlePlace = _idle?.Add(inner);
            inner.Features.Set<IConnectionPlace>(this);
        }

        public override string ConnectionId { get => _inner.ConnectionId; set => _inner.ConnectionId = value; }

        public override IFeatureCollection Features => _inner.Features;

        public override IDictionary<object, object?> Items { get => _inner.Items; set => _inner.Items = value; }

        public override System.IO.Pipelines.IDuplexPipe Transport { get => _inner.Transport; set => _inner.Transport = value; }

        public override EndPoint? LocalEndPoint { get => _inner.LocalEndPoint; set => _inner.LocalEndPoint = value; }

        public override EndPoint? RemoteEndPoint { get => _inner.RemoteEndPoint; set => _inner.RemoteEndPoint = value; }

        public override CancellationToken ConnectionClosed { get => _inner.ConnectionClosed; set => _inner.ConnectionClosed = value; }

        public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

        public override void Abort() => _inner.Abort();

        public void BeginRequest() => CountRequests(+1);

        public void EndRequest() => CountRequests(-1);

        public override async ValueTask DisposeAsync()
        {
            // As if for ever in use.
            CountRequests(+1);
            try
            {
                await _inner.DisposeAsync();
            }
            finally
            {
                await base.DisposeAsync();
                Interlocked.Exchange(ref _places, null)?.Release();
            }
        }

        private void CountRequests(int change)
        {
            lock (_gate)
            {
                _requests += change;
                if (_idlePlace is { } idle)
                    _idle!.Remove(idle);
                _idlePlace = _requests == 0 ? _idle?.Add(_inner) : null;
            }
        }

        public bool TryMove(SemaphoreSlim places)
        {
            if (!places.Wait(0))
                return false;
            if (Interlocked.Exchange(ref _places, places) is { } before)
                before.Release();
            else
                // It has been closed meanwhile.
                Interlocked.Exchange(ref _places, null)?.Release();
            return true;
        }
    }
}
