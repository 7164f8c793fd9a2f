using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Conference.Bench.Media;

/// <summary>A whole node on the measured core: its media loop shares it with actors, store, metrics and garbage collector. Every receiver is a client with a CONN.</summary>
internal sealed partial class NodeContestant() : Contestant("node")
{
    private const int QcvcPort = 24_321;
    private const int HttpPort = 28_080;

    public override string? Missing => File.Exists(Node) ? null : "not built (dotnet build -c Release src/Node)";

    public override bool Segments => true;

    private static string Node => Path.Combine(ThisBench().Replace(AppContext.BaseDirectory, "/src/Node/bin/"), "Conference.Node.dll");

    public override Running Start(int receivers)
    {
        string folder = Directory.CreateTempSubdirectory("conference-bench-").FullName;
        Pinned process = Pinned.Start(
            NativeTools.MeasuredCore, "dotnet", endsWithInput: false,
            [
                Node, $"--Store:Path={Path.Combine(folder, "conference.db")}", $"--Qcvc:Port={QcvcPort}", $"--Http:Port={HttpPort}", "--Web:Port=0", "--Media:Loops=1",
                $"--Media:Ports={EntryPort}-{EntryPort + receivers}",
                .. NoLimits.Arguments,
            ]);
        List<TcpClient> clients = [];
        try
        {
            while (!process.Hear().Contains("Conference is ready", StringComparison.Ordinal))
            {
            }

            int[] ports = [.. Enumerable.Range(0, receivers + 1).Select(_ => Connect(clients))];
            return new RunningNode(process, ports[0], ports[1..], clients, folder);
        }
        catch (Exception error)
        {
            new RunningNode(process, 0, null, clients, folder).Dispose();
            throw error is IOException or SocketException ? new InvalidOperationException(error.Message, error) : error;
        }
    }

    /// <summary>The number of the client's port.</summary>
    private static int Connect(List<TcpClient> clients)
    {
        var client = new TcpClient { NoDelay = true };
        clients.Add(client);
        client.Connect(IPAddress.Loopback, QcvcPort);
        using var lines = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
        lines.ReadLine();
        client.GetStream().Write("CONN video bench@127.0.0.1\r\n"u8);
        string answer = lines.ReadLine() ?? "";
        return answer.StartsWith("303 video ", StringComparison.Ordinal)
            ? int.Parse(answer.Split(' ')[2], CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"CONN was answered: {answer}");
    }

    [GeneratedRegex("/bench/[^/]+/bin/")]
    private static partial Regex ThisBench();

    private sealed class RunningNode(Pinned process, int entry, int[]? latches, List<TcpClient> clients, string folder) : Running(process, entry, latches)
    {
        /// <summary>Hot code is compiled once more, by a thread that shares the core with the loop.</summary>
        public override void WarmUp() => Thread.Sleep(TimeSpan.FromSeconds(8));

        public override void Dispose()
        {
            clients.ForEach(c => c.Dispose());
            base.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
