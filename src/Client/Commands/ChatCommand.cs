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
            () => RunAsync(
                session.ReadAddress(result), session.ReadSignIn(result), result.GetValue(send), session.ReadConnection(result), cancel), cancel));
        return command;
    }

    private static async Task<int> RunAsync(QcvcAddress room, SignIn? signIn, string? once, QcvcClientOptions options, CancellationToken cancel)
    {
        await using var client = await QcvcClient.ConnectAsync(room, options, cancel);
        if (signIn is not null)
            await signIn.SayAsync(client, cancel);
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
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reading = ReadAsync(client, stop.Token);
        var showing = ShowAsync(client, stop.Token);
        bool left = await Task.WhenAny(reading, showing) == reading;
        await stop.CancelAsync();
        if (left)
            await client.QuitAsync(cancel);
        return left ? ExitCodes.Ok : ExitCodes.Failed;
    }

    /// <summary>Who is in no room hears nobody, and a room is entered by a CONN; nothing is ever sent on that port.</summary>
    private static async Task EnterAsync(QcvcClient client, QcvcAddress room, CancellationToken cancel)
    {
        try
        {
            await client.ConnAsync(_text, room.Target, cancel);
        }
        catch (QcvcException e) when (e.Reply is { Code: 500 or 503 })
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

    private static async Task ShowAsync(QcvcClient client, CancellationToken cancel)
    {
        var members = new CallMembers();
        await foreach (var happened in client.Events.ReadAllAsync(cancel))
        {
            if (members.Apply(happened) is { } line)
                Console.Out.WriteLine(line);
        }
    }
}
