// What lies between nodes, and what it costs.
//
//   dotnet run -c Release --project bench/cluster -- links [rounds, 3]     two processes, one link
using System.Globalization;
using Conference.Bench.Cluster.Links;

switch (args)
{
    case ["links", .. var rest]:
        await LinksBench.RunAsync(rest is [var rounds, ..] ? int.Parse(rounds, CultureInfo.InvariantCulture) : 3);
        return 0;
    case ["links-peer", var secret]:
        await LinksPeer.RunAsync(secret);
        return 0;
    default:
        Console.Error.WriteLine("modes: links [rounds]");
        return 2;
}
