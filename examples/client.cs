// A QCVC client: joins a room, says ten times who it is, and prints what it hears.
//   dotnet run examples/client.cs -- 127.0.0.1 4321 standup joe
using System.Net;
using System.Net.Sockets;
using System.Text;

var (host, port, room, name) = (args[0], int.Parse(args[1]), args[2], args[3]);
var server = (await Dns.GetHostAddressesAsync(host))[0];
using var tcp = new TcpClient(server.AddressFamily);
tcp.Connect(server, port);
using var lines = new StreamReader(tcp.GetStream(), Encoding.UTF8);
Expect("100", lines.ReadLine());
Expect("204", Ask($"AUTH ANONYMOUS {name}"));
Expect("201", Ask($"HELO {room}@{host}"));

// The answer names the UDP port: 303 audio 11000
string answer = Expect("303", Ask($"CONN audio {room}@{host}"));
using var udp = new UdpClient(server.AddressFamily);
udp.Connect(server, int.Parse(answer.Split(' ')[2]));

// The first datagram tells the server where this client listens. From then on everybody's datagrams come here.
var listening = Task.Run(async () =>
{
    while (true)
        Console.WriteLine(Encoding.UTF8.GetString((await udp.ReceiveAsync()).Buffer));
});
for (int i = 1; i <= 10 && !listening.IsCompleted; i++)
{
    udp.Send(Encoding.UTF8.GetBytes($"{name} says {i}"));
    await Task.Delay(500);
}

Expect("304", Ask($"DCON audio {room}@{host}"));
Ask("QUIT");

string Ask(string command)
{
    tcp.GetStream().Write(Encoding.UTF8.GetBytes(command + "\r\n"));
    return lines.ReadLine() ?? throw new IOException("the server has closed the connection");
}

static string Expect(string code, string? line) => line?.StartsWith(code) == true ? line : throw new IOException($"expected {code}, got {line}");
