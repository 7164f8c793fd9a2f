using System.CommandLine;
using Conference.Client.Calls;
using Conference.Client.Connections;

namespace Conference.Client.Commands;

/// <summary><c>qcvc list standup@host</c></summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "Print who is in a room, a line each, and the services they have connected.");
        var session = new SessionArguments(command, Arguments.Address("name@host", "the room, or the user whose room it is"));
        var json = Arguments.Json("the members");
        command.Add(json);
        command.SetAction((result, cancel) => QcvcCommandLine.GuardAsync(
            () => RunAsync(
                session.ReadAddress(result), session.ReadSignIn(result), result.GetValue(json), session.ReadConnection(result), cancel), cancel));
        return command;
    }

    private static async Task<int> RunAsync(QcvcAddress room, SignIn? signIn, bool json, QcvcClientOptions options, CancellationToken cancel)
    {
        await using var client = await QcvcClient.ConnectAsync(room, options, cancel);
        if (signIn is not null)
            await signIn.SayAsync(client, cancel);
        var members = (await client.ListAsync(room.Target, cancel))
            .Select(m => new RoomMember(CallMembers.NameOf(m.Name), [.. m.Services.Select(s => Printable.Of(s, 32))])).ToArray();
        await client.QuitAsync(cancel);
        if (json)
            QcvcCommandLine.PrintJson(new { Room = room.ToString(), Members = members });
        else if (members.Length == 0)
            Console.Out.WriteLine($"nobody is in {Printable.Of(room.ToString(), 300)}");
        foreach (var member in json ? [] : members)
            Console.Out.WriteLine($"{member.Name} {string.Join(',', member.Services)}".TrimEnd());
        return ExitCodes.Ok;
    }
}
