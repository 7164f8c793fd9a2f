using Conference.Bench.Media;

// The measured half of the benchmark runs as a child process, so that its CPU time is its own.
if (args is ["plane", ..])
    return PlaneProcess.Run(args[1..]);

BenchOptions? options = BenchOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 2;
}

using var tools = NativeTools.Compile();
Report report = new FanOutBench(options, tools).Run();
Console.WriteLine(options.Json ? report.ToJson() : report.ToTable());
return 0;
