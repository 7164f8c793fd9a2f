using System.Globalization;
using System.Net;
using System.Runtime;
using Conference.Media;
using Conference.Media.Transport;

namespace Conference.Bench.Media;

/// <summary>The child: a media plane with one room, one sender and N receivers, all at 127.0.0.1 and each on its own number.</summary>
/// <remarks>Says its numbers, the sender's first; then answers each line with what it has done so far.</remarks>
internal static class PlaneProcess
{
    /// <param name="args">Receivers, first port number, offload mode, loops.</param>
    public static int Run(string[] args)
    {
        int receivers = Whole(args[0]);
        int firstPort = Whole(args[1]);
        var options = new MediaOptions { Ports = (firstPort, firstPort + receivers), Offload = Enum.Parse<OffloadMode>(args[2]), Loops = Whole(args[3]) };
        using MediaPlane plane = MediaPlane.Start(options, TimeProvider.System);

        var room = new RoomId("bench");
        List<PortOpening.Opened> ports = [];
        for (int i = 0; i <= receivers; i++)
        {
            if (plane.Open(new PortRequest(room, new ServiceName("video"), IPAddress.Loopback)) is not PortOpening.Opened opened)
                throw new InvalidOperationException("a port could not be opened");
            ports.Add(opened);
        }

        plane.Apply(new MediaRoutes(room, 1,
            [.. ports.Select((p, i) => new MediaRoute(p.Port, new ParticipantId(i), Muted: false, MediaPreferences.Default))]));
        Console.WriteLine(string.Join(' ', ports.Select(p => p.Number)));
        while (Console.ReadLine() is not null)
            Console.WriteLine(PlaneUsage.Now(plane).ToLine());
        return 0;
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>What a plane's process has done since it started.</summary>
internal readonly record struct PlaneUsage(long DatagramsOut, long AllocatedBytes, long CompiledMethods)
{
    public static PlaneUsage Now(MediaPlane plane)
    {
        // Allocation first: reading the statistics allocates, and belongs to the reader.
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        return new PlaneUsage(plane.Read().Services.Sum(s => s.DatagramsOut), allocated, JitInfo.GetCompiledMethodCount());
    }

    public static PlaneUsage Parse(string line)
    {
        long[] parts = [.. line.Split(' ').Select(p => long.Parse(p, CultureInfo.InvariantCulture))];
        return new PlaneUsage(parts[0], parts[1], parts[2]);
    }

    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{DatagramsOut} {AllocatedBytes} {CompiledMethods}");
}
