using System.Net.Sockets;
using Conference.Client.Connections;

namespace Conference.Client.Load;

/// <summary>Where a client is.</summary>
/// <param name="Node">Which node.</param>
/// <param name="Client">Its TCP session there.</param>
/// <param name="Socket">Its UDP socket, connected to the port it was given.</param>
internal sealed record LoadPlace(QcvcAddress Node, QcvcClient Client, Socket Socket);

/// <summary>One client that joined. Where it is changes when it follows its node: the follower's to write, anybody's to read.</summary>
/// <param name="index">Its number among all clients.</param>
/// <param name="room">Which room.</param>
/// <param name="sender">Its number among the room's senders, or -1.</param>
/// <param name="place">Where it came in.</param>
internal sealed class LoadMember(int index, int room, int sender, LoadPlace place)
{
    private readonly List<Socket> _former = [];
    private volatile LoadPlace _place = place;

    public int Index => index;

    public int Room => room;

    public int Sender => sender;

    public LoadPlace Place => _place;

    public QcvcClient Client => _place.Client;

    public Socket Socket => _place.Socket;

    /// <summary>Every socket it has had: something may still be on its way to those it left.</summary>
    public IEnumerable<Socket> Sockets => _former.Append(Socket);

    public int Moves => _former.Count;

    public void MoveTo(LoadPlace place)
    {
        _former.Add(Socket);
        _place = place;
    }
}
