using System.CommandLine;
using Conference.Client.Calls;
using Conference.Client.Connections;
using Conference.Protocol;

namespace Conference.Client.Commands;

/// <summary><c>qcvc chat standup@host</c>: lines of standard input go to the room, the room's to standard output.</summary>
internal static class ChatCommand
{
    private static readonly Service _text = Service.TryParse("text", out var text) ? text : default;

    public static Command Create()
    {
        var send = new Option<string?>("--send") { Description = "say this and leave", HelpName = "text" };
        var command = new Command("chat", "Talk by lines of text; the end of the input leaves.");
        var session = new SessionArguments(command, Arguments.Address("name@host", "the user or room to talk to"));
        command.Add(send);
        command.SetAction((result, cancel) => QcvcCommandLine.GuardAsync(
            () => string.IsNullOrWhiteSpace(result.GetValue(send) ?? "nothing")
                ? throw new UsageException("--send must say something")
                : RunAsync(
                    session.ReadAddress(result), session.ReadSignIn(result), result.GetValue(send), session.ReadConnection(result), cancel),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(QcvcAddress room, SignIn? signIn, string? once, QcvcClientOptions options, CancellationToken cancel)
    {
        await using var client = await QcvcClient.ConnectAsync(room, options, cancel);
        var members = new CallMembers { Self = signIn is null ? await client.NameAsync(cancel) ?? "" : await signIn.SayAsync(client, cancel) };
        if (!await client.HeloAsync(room.Target, cancel))
            throw new QcvcException($"{Printable.Of(room.Name, 64)} is not here");
        if (once is not null)
        {
            // Without a room joined it goes to whom HELO found.
            await client.SendAsync(Service.Chat, once, cancel);
            await client.QuitAsync(cancel);
            return ExitCodes.Ok;
        }

        await client.TrySetpAsync(Service.Chat, "sender", "on", cancel);
        await client.TrySetpAsync(Service.Session, "events", "on", cancel);
        await EnterAsync(client, room, cancel);
        if (await TryListAsync(client, room, cancel) is { } here)
        {
            members.Add(here);
            Console.Out.WriteLine(members.Presence());
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reading = ReadAsync(client, stop.Token);
        var showing = ShowAsync(client, members, room, stop.Token);
        bool left = await Task.WhenAny(reading, showing) == reading;
        await stop.CancelAsync();
        if (members.IsSaidToHaveLeft)
            await Console.Error.WriteLineAsync($"qcvc: {members.Expulsion(room.ToString())}");
        if (left || members.IsSaidToHaveLeft)
            await client.QuitAsync(cancel);
        return members.IsSaidToHaveLeft ? ExitCodes.PutOut : left ? ExitCodes.Ok : ExitCodes.Failed;
    }

    /// <returns>Null from a server that does not tell.</returns>
    private static async Task<IReadOnlyList<RoomMember>?> TryListAsync(QcvcClient client, QcvcAddress room, CancellationToken cancel)
    {
        try
        {
            return await client.ListAsync(room.Target, cancel);
        }
        catch (QcvcException e) when (e.Reply is not null)
        {
            return null;
        }
    }

    /// <summary>Who is in no room hears nobody, and a room is entered by a CONN; nothing is ever sent on that port.</summary>
    private static async Task EnterAsync(QcvcClient client, QcvcAddress room, CancellationToken cancel)
    {
        try
        {
            await client.ConnAsync(_text, room.Target, cancel);
        }
        catch (QcvcException e) when (e.Reply is { Code: 500 or 503, Text: not "not admitted" })
        {
            // An older server may know two services only.
            await client.ConnAsync(Service.Audio, room.Target, cancel);
        }
    }

    private static async Task ReadAsync(QcvcClient client, CancellationToken cancel)
    {
        // Reading a terminal cannot be cancelled, so it is left behind on a thread of its own.
        while (await Task.Run(Console.In.ReadLine, cancel).WaitAsync(cancel) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                await client.SendAsync(Service.Chat, Printable.Of(line), cancel);
            }
            catch (ArgumentException e)
            {
                await Console.Error.WriteLineAsync($"qcvc: not sent: {e.Message}");
            }
        }
    }

    /// <summary>Ends with the session, or when the user is not in the room any more.</summary>
    private static async Task ShowAsync(QcvcClient client, CallMembers members, QcvcAddress room, CancellationToken cancel)
    {
        await foreach (var happened in client.Events.ReadAllAsync(cancel))
        {
            if (members.Apply(happened) is { } line)
                Console.Out.WriteLine(line);
            if (!members.IsSaidToHaveLeft)
                continue;
            if (members.IsPutOut || await TryListAsync(client, room, cancel) is not { } here || here.All(m => CallMembers.NameOf(m.Name) != members.Self))
                return;
            // Another session of the same user has left.
            members.Stay();
        }
    }
}
