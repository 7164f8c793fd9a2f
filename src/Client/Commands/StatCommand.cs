using System.CommandLine;
using Conference.Client.Connections;

namespace Conference.Client.Commands;

/// <summary><c>qcvc stat joe@host</c></summary>
internal static class StatCommand
{
    public static Command Create()
    {
        var address = Arguments.Address("name@host", "the user or room to ask about");
        var port = Arguments.Port();
        var bind = Arguments.Bind();
        var command = new Command("stat", "Print a user's or room's status: online, away, busy, or not available (exit code 1).")
        {
            address, port, bind,
        };
        command.SetAction((result, cancel) => QcvcCommandLine.GuardAsync(
            () => RunAsync(
                Arguments.ReadAddress(result, address, port, needsName: true), new QcvcClientOptions { LocalAddress = result.GetValue(bind) }, cancel),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(QcvcAddress who, QcvcClientOptions options, CancellationToken cancel)
    {
        await using var client = await QcvcClient.ConnectAsync(who, options, cancel);
        string? status = await client.StatAsync(who.Target, cancel);
        Console.Out.WriteLine(Printable.Of(status ?? "not available"));
        await client.QuitAsync(cancel);
        return status is null ? ExitCodes.Failed : ExitCodes.Ok;
    }
}
