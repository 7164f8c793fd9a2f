using System.Net.Sockets;
using Conference.Client.Connections;

namespace Conference.Client.Load;

/// <summary>One client that joined.</summary>
/// <param name="Client">Its TCP session.</param>
/// <param name="Socket">Its UDP socket.</param>
/// <param name="Room">Which room.</param>
/// <param name="Sender">Its number among the room's senders, or -1.</param>
internal sealed record LoadMember(QcvcClient Client, Socket Socket, int Room, int Sender);
