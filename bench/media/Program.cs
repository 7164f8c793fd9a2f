using Conference.Bench.Media;

// The measured half of the benchmark runs as a child process, so that its CPU time is its own.
if (args is ["plane", ..])
    return PlaneProcess.Run(args[1..]);

if (args is ["report", var json, var markdown])
{
    PerformancePage.Write(Results.Load(json), markdown);
    return 0;
}

// So does what is told by a child's own memory and threads.
if (args is ["browsers", ..])
    return BrowserCosts.Run();

bool isTrunk = args is ["trunk", ..];
bool isWeb = args is ["web", ..];
BenchOptions? options = BenchOptions.Parse(isTrunk || isWeb ? args[1..] : args);
if (options is null)
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 2;
}

using var tools = NativeTools.Compile();
Results results = isTrunk ? new TrunkBench(options, tools).Run() : isWeb ? WebBench.Run(options, tools) : new FanOutBench(options, tools).Run();
if (options.Output is { } file)
    results.Save(file);
Console.WriteLine(options.Json ? results.ToJson() : isTrunk ? TrunkBench.Text(results) : isWeb ? WebBench.Text(results) : ResultTable.Text(results));
return 0;
