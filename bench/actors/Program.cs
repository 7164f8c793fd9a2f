using Conference.Bench.Actors;

// dotnet run -c Release --project bench/actors [-- name-part ...]
// Every measure: one warm-up round, then five; smallest, median and largest are printed beside what Akka.NET 1.5.27 did on the same
// kind of machine (two cores). The median is what counts. "cores" is what this process got on average: a flood or eight pairs that
// got much less than two shared the machine with something else.
Measure[] measures =
[
    new("ping-pong, 1 pair", "M msg/s", 2.5, "2.0-2.5", () => PingPong.Run(pairs: 1, messages: 10_000_000)),
    new("ping-pong, 8 pairs", "M msg/s", 6.7, "5.5-6.7", () => PingPong.Run(pairs: 8, messages: 16_000_000)),
    new("flood of one actor, 1 producer", "M msg/s", 10.4, "8.7-10.4", () => Flood.Run(producers: 1, messages: 6_000_000)),
    new("flood of one actor, 4 producers", "M msg/s", 10.4, "8.7-10.4", () => Flood.Run(producers: 4, messages: 6_000_000)),
    new("spawn", "k actors/s", 38, "29-38", () => Spawn.Rate(actors: 100_000)),
    new("bytes per idle actor", "B", 1833, "1,833", () => Spawn.BytesPerActor(actors: 100_000), LessIsBetter: true),
    new("ask, 1 at a time", "k asks/s", null, "-", () => Asks.Run(concurrent: 1, asks: 200_000)),
    new("ask, 64 at a time", "k asks/s", null, "-", () => Asks.Run(concurrent: 64, asks: 640_000)),
    new("sharded tell, 1,000 entities", "M msg/s", null, "-", () => Sharded.Run(entities: 1000, messages: 3_000_000)),
];

Console.WriteLine($"{"measure",-34}{"min",9}{"median",9}{"max",9}  {"unit",-11}{"cores",6}{"Akka.NET",10}  reached");
foreach (var measure in measures)
    if (args.Length == 0 || args.Any(part => measure.Name.Contains(part, StringComparison.OrdinalIgnoreCase)))
        await measure.Print(rounds: 5);
