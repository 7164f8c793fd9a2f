using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Conference.Media.Forwarding;

/// <summary>Which ports take which tokens now, by port number. From any thread.</summary>
/// <param name="events">Told when a token is shown for the first time.</param>
internal sealed class RoamingPorts(ChannelWriter<MediaEvent> events)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<(ulong Token, int Number), ClientPort> _ports = [];

    /// <summary>The port of a number that a datagram is for by its first bytes, wherever it comes from; null for most datagrams.</summary>
    public ClientPort? Find(ReadOnlySpan<byte> datagram, int number)
    {
        ulong token = RoamToken.Read(datagram);
        return token == 0 ? null : _ports.GetValueOrDefault((token, number));
    }

    /// <summary>From now on a port takes this token, and the one before it still if that has been shown to another port.</summary>
    /// <param name="token">Null takes none.</param>
    public void Renew(ClientPort port, RoamToken? token)
    {
        lock (_gate)
        {
            PortRoaming roaming = port.Roaming ??= new PortRoaming(this, port);
            Forget(port, roaming);
            roaming.Tokens = token is null ? [] : [token, .. roaming.Tokens.Where(t => t != token && t.IsShown).Take(1)];
            foreach (RoamToken taken in roaming.Tokens)
                _ports[(taken.Bits, port.Number)] = port;
        }
    }

    /// <summary>The port is closed.</summary>
    public void Forget(ClientPort port)
    {
        lock (_gate)
        {
            if (port.Roaming is { } roaming)
                Forget(port, roaming);
        }
    }

    /// <summary>Somebody shows a token to a port, which does not take it a second time.</summary>
    /// <param name="token">As <see cref="RoamToken.Read"/> has it.</param>
    /// <returns>Whether it counts.</returns>
    public bool TryTake(ClientPort port, ulong token, AddressKey from)
    {
        lock (_gate)
        {
            if (port.Roaming is not { } roaming || roaming.Tokens.FirstOrDefault(t => t.Is(token)) is not { } shown || !shown.Show(from, out bool isFirst))
                return false;
            roaming.Tokens = [.. roaming.Tokens.Where(t => t != shown)];
            roaming.Taken = token;
            _ports.TryRemove((token, port.Number), out _);
            if (isFirst)
                events.TryWrite(new MediaEvent.Roamed(port.Service.Room, port.Id, shown));
            return true;
        }
    }

    private void Forget(ClientPort port, PortRoaming roaming)
    {
        foreach (RoamToken token in roaming.Tokens)
            _ports.TryRemove((token.Bits, port.Number), out _);
    }
}
