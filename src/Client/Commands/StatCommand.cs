using System.CommandLine;
using Conference.Client.Connections;

namespace Conference.Client.Commands;

/// <summary><c>qcvc stat joe@host</c></summary>
internal static class StatCommand
{
    public static Command Create()
    {
        var command = new Command("stat", "Print a user's or room's status: online, away, busy, or not available (exit code 1).");
        var session = new SessionArguments(command, Arguments.Address("name@host", "the user or room to ask about"));
        command.SetAction((result, cancel) => QcvcCommandLine.GuardAsync(
            () => RunAsync(session.ReadAddress(result), session.ReadSignIn(result), session.ReadConnection(result), cancel), cancel));
        return command;
    }

    private static async Task<int> RunAsync(QcvcAddress who, SignIn? signIn, QcvcClientOptions options, CancellationToken cancel)
    {
        await using var client = await QcvcClient.ConnectAsync(who, options, cancel);
        if (signIn is not null)
            await signIn.SayAsync(client, cancel);
        string? status = await client.StatAsync(who.Target, cancel);
        Console.Out.WriteLine(Printable.Of(status ?? "not available"));
        await client.QuitAsync(cancel);
        return status is null ? ExitCodes.Failed : ExitCodes.Ok;
    }
}
