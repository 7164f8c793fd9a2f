using Conference.Bench.Cluster;

// Each mode is one measurement, prints what it found beside its target, and leaves nothing running.
string mode = args.FirstOrDefault() ?? "";
string[] rest = args.Length > 0 ? args[1..] : [];
switch (mode)
{
    case "gaps":
        return await GapBench.RunAsync(rest);
    case "joins":
        return await LoadBench.JoinsAsync();
    case "trunk":
        return await LoadBench.TrunkAsync();
    case "hop":
        return await LoadBench.HopAsync(rest);
    case "room":
        return await LoadBench.RoomAsync(rest);
    case "delay":
        return await LoadBench.JoinDelayAsync();
    case "idle":
        return await IdleBench.RunAsync();
    case "roll":
        return await RollBench.RollAsync();
    case "drain":
        return await RollBench.DrainAsync(rest);
    default:
        await Console.Error.WriteLineAsync(
            """
            usage: Conference.Bench.Cluster gaps [kill [N]|join|leave|freeze] longest time without an answer, shard by shard
                   Conference.Bench.Cluster joins                           joins per second, one node and three
                   Conference.Bench.Cluster trunk                           what a room of 30 over three nodes costs between them
                   Conference.Bench.Cluster hop [PACKETS PER SECOND]        delay within a node and from node to node
                   Conference.Bench.Cluster room [SECONDS]                  1,000 members, 20 of them senders, over three nodes
                   Conference.Bench.Cluster delay                           how long a join over two nodes takes, nothing else going on
                   Conference.Bench.Cluster idle                            what three nodes cost while nobody calls, and one
                   Conference.Bench.Cluster roll                            three nodes restarted one by one under 100 calls
                   Conference.Bench.Cluster drain [SESSIONS]                a node with 1,000 sessions, emptied into another
            """);
        return 2;
}
