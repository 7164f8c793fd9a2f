using System.Net;

namespace Conference.Node.Links;

/// <summary>Lets one of a kind through a minute, so that who comes again and again does not fill the log. Safe from any thread.</summary>
internal sealed class OncePerMinute(TimeProvider time)
{
    private const int MaxKinds = 1024;

    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(IPAddress, LinkRefusal), long> _said = [];

    public bool MaySay(IPAddress address, LinkRefusal refusal)
    {
        lock (_said)
        {
            long now = time.GetTimestamp();
            if (_said.TryGetValue((address, refusal), out long said) && time.GetElapsedTime(said, now) < _interval)
                return false;
            if (_said.Count >= MaxKinds)
            {
                foreach (var (kind, at) in _said)
                {
                    if (time.GetElapsedTime(at, now) >= _interval)
                        _said.Remove(kind);
                }
            }

            // With so many at once a line for each would tell nobody anything; they are counted.
            if (_said.Count >= MaxKinds)
                return false;
            _said[(address, refusal)] = now;
            return true;
        }
    }
}
