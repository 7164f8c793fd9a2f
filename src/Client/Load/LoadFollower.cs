using System.Diagnostics;
using System.Net.Sockets;
using Conference.Client.Connections;

namespace Conference.Client.Load;

/// <summary>
/// Keeps members in their rooms as <c>qcvc call</c> does: they go where their node sends them (<c>114 moving</c>), there first and only then
/// away, and come back through another node when their connection is lost.
/// </summary>
/// <param name="options">The run's.</param>
/// <param name="joiner">Enters rooms.</param>
/// <param name="listen">Receives from a member's new socket from now on.</param>
internal sealed class LoadFollower(LoadOptions options, LoadJoiner joiner, Action<LoadMember, Socket> listen) : IDisposable
{
    /// <summary>Who has found no node for so long is lost.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);

    /// <summary>Moves under way at once, as with joins.</summary>
    private readonly SemaphoreSlim _slots = new(LoadJoiner.Parallel);

    private readonly QcvcAddress[] _nodes = [options.Server, .. options.OtherNodes];

    /// <summary>Until cancelled.</summary>
    public Task RunAsync(IEnumerable<LoadMember> members, CancellationToken cancel) => Task.WhenAll(members.Select(m => FollowAsync(m, cancel)));

    public void Dispose() => _slots.Dispose();

    private async Task FollowAsync(LoadMember member, CancellationToken cancel)
    {
        try
        {
            bool isIn = true;
            while (isIn)
                isIn = await GoOnAsync(member, await NextAsync(member, cancel), cancel);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <summary>Waits until the member must go.</summary>
    /// <returns>Where to; null when its connection is over.</returns>
    private async Task<QcvcAddress?> NextAsync(LoadMember member, CancellationToken cancel)
    {
        await foreach (var happened in member.Client.Events.ReadAllAsync(cancel))
        {
            if (happened is ServerEvent.Moving moving && QcvcAddress.TryParse(moving.Host, options.Server.Port, needsName: false, out var host))
                return host;
        }

        return null;
    }

    /// <returns>False when no node took it in time.</returns>
    private async Task<bool> GoOnAsync(LoadMember member, QcvcAddress? sentTo, CancellationToken cancel)
    {
        var former = member.Place;
        QcvcAddress[] candidates = [.. new[] { sentTo }.OfType<QcvcAddress>().Concat(_nodes.Where(n => n != former.Node)).Append(former.Node).Distinct()];
        long began = Stopwatch.GetTimestamp();
        var pause = _firstPause;
        for (int i = 0; Stopwatch.GetElapsedTime(began) < _patience; i++)
        {
            await _slots.WaitAsync(cancel);
            try
            {
                var place = await joiner.EnterAsync(member.Index, candidates[i % candidates.Length], null, cancel);
                listen(member, place.Socket);
                member.MoveTo(place);
                await LoadJoiner.LeaveAsync(former.Client);
                return true;
            }
            catch (Exception e) when (e is QcvcException or SocketException)
            {
                // It may take it in a moment, or another may.
            }
            finally
            {
                _slots.Release();
            }

            await Task.Delay(pause, cancel);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }

        return false;
    }
}
