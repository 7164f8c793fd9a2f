using System.Collections.Concurrent;
using System.Diagnostics;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Node.Metrics;
using Conference.Node.Store;

namespace Conference.Node.Webhooks;

/// <summary>
/// Sends what is queued, on the one node where the projection runs: in each lane one after the other, lanes side by side. What became of a delivery is written
/// after it is known, so that one whose outcome was not written is sent again: at least once, with the same id.
/// </summary>
/// <remarks>
/// A receiver has <see cref="MostOfReceiver"/> places at most, and one while it ails. Those who ail share places of their own: however many there are, and however long
/// each lets a node wait, those who answer do not wait for them.
/// </remarks>
internal sealed class WebhookDeliverer(
    ConferenceStore store, IActingGuard guard, WebhookSettings settings, WebhookMetrics metrics, ILogger log, TimeProvider time) : IDisposable
{
    private const int MostOfReceiver = 16, MostOfWell = 128, MostOfAiling = 32;

    /// <summary>Rows of one look into the table.</summary>
    private const int MostRows = 500;

    /// <summary>Rows that are deleted at once.</summary>
    private const int MostDeleted = 1000;

    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1), _longestPause = TimeSpan.FromHours(1);

    /// <summary>Between two sendings to one who ails, whatever waits for it.</summary>
    private static readonly TimeSpan _ailingPause = TimeSpan.FromMilliseconds(200);

    /// <summary>How soon a webhook that was turned off is found on again, and one that was replayed is found.</summary>
    private static readonly TimeSpan _offPause = TimeSpan.FromSeconds(2), _replayPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _countPause = TimeSpan.FromSeconds(10), _deletePause = TimeSpan.FromMinutes(1), _idle = TimeSpan.FromMilliseconds(250);

    private readonly WebhookSender _sender = new(settings.AllowPrivate, time);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly Dictionary<LaneName, DeliveryLane> _lanes = [];
    private readonly Dictionary<(string Domain, string Webhook), DeliveryReceiver> _receivers = [];

    /// <summary>Receivers with something ready, in turns.</summary>
    private readonly Queue<DeliveryReceiver> _turns = [];

    /// <summary>Lanes that wait for a time, in microseconds since 1970.</summary>
    private readonly PriorityQueue<DeliveryLane, long> _later = new();

    private readonly List<Outcome> _unwritten = [];

    /// <summary>Made anew with all the others: what was sent before that is nobody's.</summary>
    private ConcurrentQueue<Result> _results = [];

    private DeliveryPlace _scanned;
    private volatile bool _isAwaited = true;
    private int _underWay, _ailing;

    /// <summary>Something was queued.</summary>
    internal void Wake()
    {
        _isAwaited = true;
        Signal();
    }

    /// <summary>Once, until <see cref="Stop"/>.</summary>
    internal async Task RunAsync()
    {
        var cancellationToken = _stop.Token;
        bool isFailing = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            try
            {
                await DeliverAsync(() => Recovered(ref isFailing), life.Token);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!isFailing)
                    WebhookLog.Failing(log, e);
                isFailing = true;
            }

            // All that is in memory is in the table too: it begins anew.
            await life.CancelAsync();
            Clear();
            await Task.Delay(_replayPause, time, CancellationToken.None);
        }
    }

    internal void Stop() => _stop.Cancel();

    public void Dispose()
    {
        _stop.Dispose();
        _sender.Dispose();
        _signal.Dispose();
    }

    private void Recovered(ref bool isFailing)
    {
        if (isFailing)
            WebhookLog.Recovered(log);
        isFailing = false;
    }

    private void Clear()
    {
        _results = [];
        _lanes.Clear();
        _receivers.Clear();
        _turns.Clear();
        _later.Clear();
        _unwritten.Clear();
        (_scanned, _isAwaited, _underWay, _ailing) = (default, true, 0, 0);
    }

    private async Task DeliverAsync(Action works, CancellationToken cancellationToken)
    {
        long replayed = 0, counted = 0, deleted = Stopwatch.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (_results.TryDequeue(out var result))
                Take(result);
            if (guard.MayAct)
            {
                Wake(time.GetUtcNow());
                await StartAsync(cancellationToken);
                await WriteAsync(cancellationToken);
                // After what is written: what is over is not found again.
                if (_isAwaited)
                    await ScanAsync(cancellationToken);
                if (IsTime(ref replayed, _replayPause))
                    Add(await DeliveryTable.ReplayedAsync(store, MostRows, cancellationToken));
                await StartAsync(cancellationToken);
                if (IsTime(ref counted, _countPause))
                    await CountAsync(cancellationToken);
                // What is left of more is deleted in the next turns.
                if (IsTime(ref deleted, _deletePause) && await DeleteAsync(cancellationToken) >= MostDeleted)
                    deleted = 0;
                works();
            }

            if (!guard.MayAct || (!_isAwaited && _results.IsEmpty))
                await _signal.WaitAsync(_idle, cancellationToken);
        }
    }

    private static bool IsTime(ref long last, TimeSpan every)
    {
        if (last != 0 && Stopwatch.GetElapsedTime(last) < every)
            return false;
        last = Stopwatch.GetTimestamp();
        return true;
    }

    /// <summary>What the projection has added since.</summary>
    private async Task ScanAsync(CancellationToken cancellationToken)
    {
        _isAwaited = false;
        var found = await DeliveryTable.WaitingAsync(store, _scanned, MostRows, cancellationToken);
        Add(found);
        if (found is [.., var last])
            _scanned = last.Place;
        if (found.Count == MostRows)
            _isAwaited = true;
    }

    private void Add(IReadOnlyList<Delivery> found)
    {
        foreach (var delivery in found)
        {
            var lane = LaneOf(delivery.Lane);
            lane.Add(delivery);
            List(lane);
        }
    }

    private DeliveryLane LaneOf(LaneName name)
    {
        if (_lanes.TryGetValue(name, out var lane))
            return lane;
        if (!_receivers.TryGetValue((name.Domain, name.Webhook), out var receiver))
            _receivers[(name.Domain, name.Webhook)] = receiver = new DeliveryReceiver();
        receiver.Lanes++;
        return _lanes[name] = new DeliveryLane(name, receiver);
    }

    /// <summary>It may go on, if there is something.</summary>
    private void List(DeliveryLane lane)
    {
        if (lane.IsHeld || lane.IsListed || lane.IsEmpty)
            return;
        lane.IsListed = true;
        lane.Receiver.Ready.Enqueue(lane);
        List(lane.Receiver);
    }

    private void List(DeliveryReceiver receiver)
    {
        if (receiver.IsListed || receiver.Ready.Count == 0)
            return;
        receiver.IsListed = true;
        _turns.Enqueue(receiver);
    }

    /// <summary>Lanes whose time has come.</summary>
    private void Wake(DateTimeOffset now)
    {
        while (_later.TryPeek(out var lane, out long due) && due <= CallCursor.Micros(now))
        {
            _later.Dequeue();
            lane.IsHeld = false;
            List(lane);
        }
    }

    /// <summary>Everybody who may, in turns, one at a time.</summary>
    private async Task StartAsync(CancellationToken cancellationToken)
    {
        for (int blocked = 0; blocked < _turns.Count;)
        {
            var receiver = _turns.Dequeue();
            receiver.IsListed = false;
            bool mayStart = receiver.IsAiling
                ? receiver.UnderWay == 0 && _ailing < MostOfAiling && Stopwatch.GetTimestamp() >= receiver.NotBefore
                : receiver.UnderWay < MostOfReceiver && _underWay < MostOfWell;
            if (mayStart)
            {
                var lane = receiver.Ready.Dequeue();
                lane.IsListed = false;
                await StartAsync(lane, cancellationToken);
                blocked = 0;
            }
            else
            {
                blocked++;
            }

            List(receiver);
        }
    }

    private async Task StartAsync(DeliveryLane lane, CancellationToken cancellationToken)
    {
        lane.Refresh();
        if (lane.LookAfter is { } place)
            lane.Fill(await DeliveryTable.WaitingAsync(store, lane.Name, place, DeliveryLane.Most, cancellationToken));
        if (lane.IsEmpty)
        {
            // Its webhook is gone, or somebody else has done it.
            Forget(lane);
            return;
        }

        var delivery = lane.Take();
        long now = CallCursor.Micros(time.GetUtcNow());
        if (!delivery.IsEnabled)
            Hold(lane, now + Micros(_offPause));
        else if (delivery.Due > now)
            Hold(lane, delivery.Due);
        else
            Send(lane, delivery, cancellationToken);
    }

    private void Hold(DeliveryLane lane, long until)
    {
        lane.PutBack();
        _later.Enqueue(lane, until);
    }

    private void Send(DeliveryLane lane, Delivery delivery, CancellationToken cancellationToken)
    {
        var (results, isAiling) = (_results, lane.Receiver.IsAiling);
        lane.Receiver.UnderWay++;
        _ = isAiling ? _ailing++ : _underWay++;
        _ = Task.Run(
            async () =>
            {
                var attempt = await _sender.SendAsync(delivery.Url, delivery.Secret, delivery.Id, delivery.Body, cancellationToken);
                results.Enqueue(new Result(lane, delivery, attempt, isAiling));
                Signal();
            },
            cancellationToken);
    }

    private void Take(Result result)
    {
        var (lane, delivery, attempt, wasAiling) = result;
        lane.Receiver.UnderWay--;
        _ = wasAiling ? _ailing-- : _underWay--;
        lane.Receiver.IsAiling = attempt.Reason is not null;
        lane.Receiver.NotBefore = Stopwatch.GetTimestamp() + (long)(_ailingPause.TotalSeconds * Stopwatch.Frequency);
        long now = CallCursor.Micros(time.GetUtcNow());
        if (attempt.Reason is not null && now - delivery.Queued < Micros(settings.RetryFor))
        {
            metrics.Failed();
            long due = now + Micros(PauseAfter(delivery.Attempts + 1, Random.Shared.NextDouble()));
            _unwritten.Add(new Outcome(delivery, DeliveryState.Waiting, attempt, now, due));
            Hold(lane, due);
            return;
        }

        if (attempt.Reason is null)
            metrics.Delivered();
        else
            metrics.GivenUp();
        _unwritten.Add(new Outcome(delivery, attempt.Reason is null ? DeliveryState.Delivered : DeliveryState.Dead, attempt, now, delivery.Due));
        lane.Pass(delivery.Place);
        if (lane.IsEmpty)
            Forget(lane);
        else
            List(lane);
    }

    /// <param name="attempts">That failed.</param>
    /// <param name="chance">From 0 to 1: so that what failed together is not tried again together.</param>
    internal static TimeSpan PauseAfter(int attempts, double chance)
    {
        var pause = _firstPause * Math.Pow(2, Math.Min(attempts - 1, 20));
        return (pause < _longestPause ? pause : _longestPause) * (0.5 + (chance / 2));
    }

    private void Forget(DeliveryLane lane)
    {
        _lanes.Remove(lane.Name);
        if (--lane.Receiver.Lanes == 0 && lane.Receiver.UnderWay == 0)
            _receivers.Remove((lane.Name.Domain, lane.Name.Webhook));
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (_unwritten.Count == 0)
            return;
        await DeliveryTable.WriteAsync(store, _unwritten, cancellationToken);
        _unwritten.Clear();
    }

    /// <summary>A queue that takes too long to count is delivered all the same.</summary>
    private async Task CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            metrics.Queue(await DeliveryTable.CountAsync(store, cancellationToken), time.GetUtcNow());
        }
        catch (StoreUnavailableException)
        {
            // There is another look in 10 s; a store that is away is noticed by whatever else is asked of it.
        }
    }

    private Task<int> DeleteAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return DeliveryTable.DeleteAsync(
            store, CallCursor.Micros(now - settings.KeepDelivered), CallCursor.Micros(now - settings.KeepDead), MostDeleted, cancellationToken);
    }

    private void Signal()
    {
        if (_signal.CurrentCount == 0)
            _signal.Release();
    }

    private static long Micros(TimeSpan span) => (long)span.TotalMicroseconds;

    private sealed record Result(DeliveryLane Lane, Delivery Delivery, Attempt Attempt, bool WasAiling);
}
