using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Conference.Client.Connections;

namespace Conference.Client.Load;

/// <summary>
/// A load run: everybody joins, everybody's port is opened by a first datagram, the senders send for their time, a short silence lets
/// the last packets arrive, everybody leaves. Cancelling ends the sending early; what was counted so far is reported.
/// </summary>
public sealed class LoadRunner
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _keepAlive = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _longestDrain = TimeSpan.FromSeconds(3);

    /// <summary>Who was not heard for so long when the sending ended has not come back.</summary>
    private static readonly TimeSpan _silent = TimeSpan.FromSeconds(1);

    private readonly LoadOptions _options;
    private readonly Action<LoadProgress> _progress;
    private readonly uint _run = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
    private readonly LoadJoiner _joiner;

    private LoadRunner(LoadOptions options, Action<LoadProgress> progress)
    {
        _options = options;
        _progress = progress;
        string prefix = options.Server.Name.Length > 0 ? options.Server.Name : string.Create(CultureInfo.InvariantCulture, $"load-{_run:x8}");
        _joiner = new LoadJoiner(options, prefix);
    }

    /// <exception cref="ArgumentException">The options make no sense.</exception>
    public static Task<LoadReport> RunAsync(LoadOptions options, Action<LoadProgress>? progress = null, CancellationToken cancel = default)
    {
        if (options.Check() is { Count: > 0 } wrong)
            throw new ArgumentException(string.Join("; ", wrong), nameof(options));
        return new LoadRunner(options, progress ?? (_ => { })).RunAsync(cancel);
    }

    private async Task<LoadReport> RunAsync(CancellationToken cancel)
    {
        var members = await JoinAsync(cancel);
        var receivers = StartReceivers(members);
        using var stay = new CancellationTokenSource();
        using var follower = new LoadFollower(_options, _joiner, (member, socket) => receivers.ForEach(r => r.TryAdd(member, socket)));
        var following = _options.Follows ? follower.RunAsync(members, stay.Token) : Task.CompletedTask;
        try
        {
            var senders = members.Where(m => m.Sender >= 0).ToArray();
            await OpenPortsAsync(members, cancel);
            var sender = new LoadSender(senders, _options, _run);
            var processor = Environment.CpuUsage.TotalTime;
            long allocated = GC.GetTotalAllocatedBytes();
            sender.Start();
            await WatchAsync(sender, receivers, members, cancel);
            var cost = ((Environment.CpuUsage.TotalTime - processor).TotalSeconds, GC.GetTotalAllocatedBytes() - allocated);
            await DrainAsync(receivers);
            await stay.CancelAsync();
            await following;
            receivers.ForEach(r => r.Stop());
            return Report(members, senders.Length, sender, receivers, cost);
        }
        finally
        {
            await stay.CancelAsync();
            await following;
            receivers.ForEach(r => r.Stop());
            await LoadJoiner.LeaveAsync(members);
        }
    }

    private async Task<LoadMember[]> JoinAsync(CancellationToken cancel)
    {
        var joining = _joiner.JoinAllAsync(cancel);
        while (await Task.WhenAny(joining, Task.Delay(_look, CancellationToken.None)) != joining)
            _progress(new LoadProgress(LoadPhase.Joining, (double)(_joiner.Joined + _joiner.Failed) / _options.Clients, _joiner.Joined));
        var members = await joining;
        if (members.Length == 0)
            throw new QcvcException($"nobody could join: {_joiner.Errors.Keys.First()}");
        return members;
    }

    private List<LoadReceiver> StartReceivers(LoadMember[] members)
    {
        int SendersOf(int room) => _options.Senders.In(LoadPlan.MembersOf(room, _options.Clients, _options.Rooms));
        int threads = Math.Min(_options.Threads, members.Length);
        var receivers = Enumerable.Range(0, threads)
            .Select(t => new LoadReceiver([.. members.Where((_, i) => i % threads == t)], SendersOf, _options, _run))
            .ToList();
        receivers.ForEach(r => r.Start());
        return receivers;
    }

    /// <summary>The server sends to nobody who did not send first; three tries, should one get lost.</summary>
    private static async Task OpenPortsAsync(LoadMember[] members, CancellationToken cancel)
    {
        for (int i = 0; i < 3; i++)
        {
            SayHere(members);
            await Task.Delay(_look, cancel);
        }
    }

    private static void SayHere(IEnumerable<LoadMember> members)
    {
        foreach (var member in members)
            member.Socket.Send(ReadOnlySpan<byte>.Empty, SocketFlags.None, out _);
    }

    private async Task WatchAsync(LoadSender sender, List<LoadReceiver> receivers, LoadMember[] members, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp(), said = start;
        while (await Task.WhenAny(sender.Done, Task.Delay(_look, CancellationToken.None)) != sender.Done)
        {
            if (cancel.IsCancellationRequested)
                sender.Stop();
            if (Stopwatch.GetElapsedTime(said) > _keepAlive)
            {
                SayHere(members.Where(m => m.Sender < 0));
                said = Stopwatch.GetTimestamp();
            }

            double done = Math.Min(1, Stopwatch.GetElapsedTime(start) / _options.Duration);
            _progress(new LoadProgress(LoadPhase.Sending, done, receivers.Sum(r => Volatile.Read(ref r.Counters.Delivered))));
        }
    }

    private static async Task DrainAsync(List<LoadReceiver> receivers)
    {
        long start = Stopwatch.GetTimestamp();
        do
            await Task.Delay(_look);
        while (Stopwatch.GetElapsedTime(start) < _longestDrain
            && (Stopwatch.GetElapsedTime(start) < _quiet || receivers.Any(r => Stopwatch.GetElapsedTime(r.LastArrival) < _quiet)));
    }

    private LoadReport Report(
        LoadMember[] members, int senders, LoadSender sender, List<LoadReceiver> receivers, (double Processor, long Allocated) cost)
    {
        var total = new LoadCounters();
        receivers.ForEach(r => total.Add(r.Counters));
        int[] inRoom = new int[_options.Rooms];
        foreach (var member in members)
            inRoom[member.Room]++;
        long sent = sender.Sent.Sum(s => s.Sent), expected = sender.Sent.Sum(s => s.Sent * (inRoom[s.Room] - 1));
        long lost = Math.Max(0, expected - total.Delivered);
        var gaps = new DelayHistogram();
        var end = TimeSpan.FromSeconds(Math.Max(_silent.TotalSeconds, 3 * _options.Burst / _options.Rate));
        int silent = receivers.Sum(r => r.AddGaps(gaps, sender.Times.Began, sender.Times.Ended, end));
        return new LoadReport(
            _options.Clients, members.Length, _options.Rooms,
            Round(members.Length / Math.Max(0.000001, _joiner.Seconds)), Milliseconds(_joiner.Times, 0.5), Milliseconds(_joiner.Times, 0.99),
            senders, _options.Size, _options.Rate, _options.Burst, Round(sender.Seconds),
            sent, sender.Failures, expected, total.Delivered, lost, expected == 0 ? 0 : Round(100.0 * lost / expected),
            members.SelectMany(m => m.Sockets).Sum(LinuxSockets.DropsOf), total.Duplicated, total.Reordered, total.Misrouted, total.Damaged,
            Milliseconds(total.Delay, 0.5), Milliseconds(total.Delay, 0.99), Milliseconds(total.Delay, 0.999),
            Round(total.Delay.MaxNanoseconds / 1e6),
            members.Sum(m => m.Moves), Milliseconds(gaps, 0.5), Milliseconds(gaps, 0.99), Round(gaps.MaxNanoseconds / 1e6), silent,
            Round(sent / sender.Seconds / 1000), Round(total.Delivered / sender.Seconds / 1000),
            members.Count(m => m.Client.Closed.IsCompleted), Round(sender.MaxLagMilliseconds), Round(cost.Processor), cost.Allocated, _joiner.Errors);
    }

    private static double Milliseconds(DelayHistogram times, double share) => Round(times.Percentile(share) / 1e6);

    private static double Round(double value) => Math.Round(value, 4);
}
