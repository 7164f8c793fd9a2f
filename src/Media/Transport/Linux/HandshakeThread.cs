using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Conference.Media.Streams;
using Conference.Media.Transport.OpenSsl;

namespace Conference.Media.Transport.Linux;

/// <summary>
/// The thread on which browsers' handshakes are made: each takes most of a millisecond, and no datagram of a call is to wait for that. It notices
/// too when a browser has gone without a word.
/// </summary>
internal sealed class HandshakeThread(DtlsContext context, ChannelWriter<MediaEvent> events, Func<long> clock) : IDisposable
{
    /// <summary>Datagrams that wait; a browser repeats what is lost.</summary>
    private const int MostWaiting = 4096;

    /// <summary>How often timers are looked at while there are any.</summary>
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(50);

    /// <summary>A browser sends a check every few seconds as long as it is there, and has all of this time to find a way at first.</summary>
    private const long Silence = 30 * Clock.Second;

    /// <summary>As long it may still ask for our last flight.</summary>
    private const long Linger = 60 * Clock.Second;

    private readonly BlockingCollection<Arrival> _arrivals = new(new ConcurrentQueue<Arrival>(), MostWaiting);
    private readonly List<(WebLink Link, long Until)> _expected = [];
    private readonly List<WebLink> _shaking = [];
    private readonly List<WebLink> _connected = [];
    private readonly byte[] _datagram = new byte[DtlsSession.MaxDatagramBytes];
    private Thread? _thread;
    private long _tended;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "media-dtls" };
        _thread.Start();
    }

    /// <summary>Takes a copy of what a browser has sent. From any thread; what is too much is dropped.</summary>
    public void Post(WebPath path, ReadOnlySpan<byte> datagram) => TryAdd(new Arrival(path.Link, path, datagram.ToArray()));

    /// <summary>An answer has been given: the browser is to come soon. From any thread.</summary>
    public void Expect(WebLink link) => TryAdd(new Arrival(link, null, []));

    /// <summary>A connection has ended. From any thread.</summary>
    public void Forget(WebLink link) => TryAdd(new Arrival(link, null, []));

    public void Dispose()
    {
        _arrivals.CompleteAdding();
        _thread?.Join();
        foreach (WebLink link in _shaking.ToArray())
            End(link);
        _arrivals.Dispose();
    }

    private void TryAdd(Arrival arrival)
    {
        try
        {
            _arrivals.TryAdd(arrival);
        }
        catch (InvalidOperationException)
        {
            // It has stopped.
        }
    }

    private void Run()
    {
        while (!_arrivals.IsCompleted)
        {
            bool isBusy = _expected.Count > 0 || _shaking.Count > 0 || _connected.Count > 0;
            if (_arrivals.TryTake(out Arrival arrival, isBusy ? (int)_tick.TotalMilliseconds : Timeout.Infinite))
                TakeOrLose(arrival);
            Tend();
        }
    }

    private void TakeOrLose(in Arrival arrival)
    {
        try
        {
            Take(arrival);
        }
        catch (CryptographicException)
        {
            // OpenSSL has no memory left, or will not do what it did at start: one browser cannot join.
            Lose(arrival.Link);
        }
    }

    private void Take(in Arrival arrival)
    {
        (WebLink link, WebPath? path, byte[] datagram) = arrival;
        if (path is null)
        {
            if (link.IsClosed)
                Remove(link);
            else
                _expected.Add((link, clock() + Silence));
            return;
        }

        // Whoever has shaken hands long ago has nothing to say here.
        if (link.Agreement is not { } agreement || link.State == WebState.Lost || link.IsClosed || (link.Handshake is null && link.State == WebState.Connected))
            return;
        if (link.Handshake is not { } handshake)
        {
            link.Handshake = handshake = new DtlsSession(context, agreement.Fingerprints);
            _shaking.Add(link);
        }

        DtlsState before = handshake.State;
        handshake.Receive(datagram);
        SendAll(link, path, handshake);
        if (before == DtlsState.Handshaking)
            Finish(link, handshake);
    }

    private void Finish(WebLink link, DtlsSession handshake)
    {
        if (handshake.State == DtlsState.Connected)
        {
            link.Connect(handshake.Receiving!, handshake.Sending!);
            link.HandshakeEnds = clock() + Linger;
            _connected.Add(link);
            Tell(link);
        }
        else if (handshake.State != DtlsState.Handshaking)
        {
            Lose(link);
        }
    }

    private void SendAll(WebLink link, WebPath path, DtlsSession handshake)
    {
        while (handshake.Take(_datagram) is > 0 and int length)
            link.Send(path, _datagram.AsSpan(0, length));
    }

    private void Tend()
    {
        long now = clock();
        if (now - _tended < (long)_tick.TotalMicroseconds)
            return;
        _tended = now;
        for (int i = _shaking.Count - 1; i >= 0; i--)
        {
            WebLink link = _shaking[i];
            DtlsSession handshake = link.Handshake!;
            if (now >= link.HandshakeEnds)
            {
                End(link);
                continue;
            }

            if (handshake.State != DtlsState.Handshaking || handshake.Timeout is not { } left || left > TimeSpan.Zero)
                continue;
            handshake.HandleTimeout();
            if (link.Path is { } path)
                SendAll(link, path, handshake);
            Finish(link, handshake);
        }

        for (int i = _connected.Count - 1; i >= 0; i--)
        {
            if (now - _connected[i].LastHeard > Silence)
                Lose(_connected[i]);
        }

        for (int i = _expected.Count - 1; i >= 0; i--)
        {
            (WebLink link, long until) = _expected[i];
            if (link.State == WebState.Connecting && now < until)
                continue;
            _expected.RemoveAt(i);
            if (link.State == WebState.Connecting)
                Lose(link);
        }
    }

    private void Lose(WebLink link)
    {
        link.Lose();
        Remove(link);
        Tell(link);
    }

    private void Remove(WebLink link)
    {
        End(link);
        _connected.Remove(link);
        _expected.RemoveAll(e => e.Link == link);
    }

    private void End(WebLink link)
    {
        link.Handshake?.Dispose();
        link.Handshake = null;
        _shaking.Remove(link);
    }

    private void Tell(WebLink link)
    {
        foreach (WebPort port in link.Ports)
            events.TryWrite(new MediaEvent.WebChanged(link.Room, port.Id, link.Id));
    }

    private readonly record struct Arrival(WebLink Link, WebPath? Path, byte[] Datagram);
}
