using System.Globalization;

namespace Conference.Bench.Media;

/// <summary>This project's media plane.</summary>
internal sealed class PlaneContestant(string name, string offload, int loops, PlaneShape shape = PlaneShape.Local) : Contestant(name)
{
    public override bool Segments => offload == "Auto";

    public override int Loops => loops;

    public override bool Seals => shape is PlaneShape.Trunk or PlaneShape.Web;

    public override Running Start(int receivers)
    {
        Pinned process = Pinned.Start(
            loops == 1 ? NativeTools.MeasuredCore : NativeTools.BothCores, Environment.ProcessPath!, "plane", receivers, EntryPort, offload, loops, shape);
        int[] numbers = [.. process.Hear().Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        return new RunningPlane(process, numbers[0], Seals ? null : numbers[1..]);
    }

    private sealed class RunningPlane(Pinned process, int entry, int[]? latches) : Running(process, entry, latches)
    {
        // The run-time compiles hot code again, within the first second or two: until it has been still for so long, and no longer than that.
        private static readonly TimeSpan s_still = TimeSpan.FromSeconds(1);
        private const int MaxWarmUps = 3;

        public override void WarmUp()
        {
            long compiled = -1;
            for (int i = 0; i < MaxWarmUps; i++)
            {
                Thread.Sleep(s_still);
                long now = PlaneUsage.Parse(Process.Ask("now")).CompiledMethods;
                if (now == compiled)
                    return;
                compiled = now;
            }
        }

        public override (long Sent, long Allocated)? Ask()
        {
            PlaneUsage usage = PlaneUsage.Parse(Process.Ask("now"));
            return (usage.DatagramsOut, usage.AllocatedBytes);
        }
    }
}
