using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime;
using Conference.Media;
using Conference.Media.Transport;

namespace Conference.Bench.Media;

/// <summary>The child: a media plane with one room, one sender and N receivers, all at 127.0.0.1 and each on its own number.</summary>
/// <remarks>Says its numbers, the sender's first; then answers each line with what it has used and done so far.</remarks>
internal static class PlaneProcess
{
    public static int Run(string[] args)
    {
        int receivers = int.Parse(args[0], CultureInfo.InvariantCulture);
        int firstPort = int.Parse(args[1], CultureInfo.InvariantCulture);
        var options = new MediaOptions { Ports = (firstPort, firstPort + receivers), Loops = 1 };
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
        {
            Usage usage = Usage.Now(plane);
            Console.WriteLine(usage.ToLine());
        }

        return 0;
    }
}

/// <summary>What a plane's process has used and done since it started.</summary>
internal readonly record struct Usage(double CpuSeconds, long DatagramsIn, long DatagramsOut, long Dropped, long AllocatedBytes, long CompiledMethods)
{
    public static Usage Now(MediaPlane plane)
    {
        // Allocation first: reading the statistics allocates, and belongs to the reader.
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        using Process self = Process.GetCurrentProcess();
        double cpu = self.TotalProcessorTime.TotalSeconds;
        MediaStatistics statistics = plane.Read();
        return new Usage(
            cpu, statistics.Services.Sum(s => s.DatagramsIn), statistics.Services.Sum(s => s.DatagramsOut), statistics.Drops.Sum(), allocated,
            JitInfo.GetCompiledMethodCount());
    }

    public static Usage Parse(string line)
    {
        string[] parts = line.Split(' ');
        return new Usage(
            double.Parse(parts[0], CultureInfo.InvariantCulture),
            long.Parse(parts[1], CultureInfo.InvariantCulture),
            long.Parse(parts[2], CultureInfo.InvariantCulture),
            long.Parse(parts[3], CultureInfo.InvariantCulture),
            long.Parse(parts[4], CultureInfo.InvariantCulture),
            long.Parse(parts[5], CultureInfo.InvariantCulture));
    }

    public string ToLine() => string.Create(
        CultureInfo.InvariantCulture, $"{CpuSeconds:F6} {DatagramsIn} {DatagramsOut} {Dropped} {AllocatedBytes} {CompiledMethods}");

    public Usage Since(Usage earlier) => new(
        CpuSeconds - earlier.CpuSeconds, DatagramsIn - earlier.DatagramsIn, DatagramsOut - earlier.DatagramsOut,
        Dropped - earlier.Dropped, AllocatedBytes - earlier.AllocatedBytes,
        CompiledMethods - earlier.CompiledMethods);
}
