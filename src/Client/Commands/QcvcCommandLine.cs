using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conference.Client.Connections;
using Conference.Client.Media.Ffmpeg;

namespace Conference.Client.Commands;

/// <summary><c>qcvc</c>: its commands, and how their failures become one sentence and an exit code.</summary>
public static class QcvcCommandLine
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var result = Parse(arguments);
        if (result.Action is ParseErrorAction && arguments.Length > 0)
        {
            foreach (string wrong in result.Errors.Select(e => e.Message).Distinct())
                await Console.Error.WriteLineAsync($"qcvc: {Printable.Of(wrong)}");
            return ExitCodes.Usage;
        }

        // Ctrl-C and SIGTERM cancel; then ffmpeg's files are made whole, which takes a moment, and a meeting's is mixed, which takes longer.
        var timeToEnd = result.CommandResult.Command.Name == RecordCommand.Name ? RecordCommand.TimeToMix : TimeSpan.FromSeconds(20);
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = timeToEnd };
        int code = await result.InvokeAsync(invocation);
        return result.Action is ParseErrorAction ? ExitCodes.Usage : code;
    }

    /// <summary>An argument is what it says: "@host" is an address without a name, and no file with more arguments.</summary>
    internal static ParseResult Parse(IReadOnlyList<string> arguments) => Root().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    private static RootCommand Root() => new("Talk to a QCVC server. Exit codes: 0 ok, 1 refused or failed, 2 wrong usage, 3 ffmpeg or a player missing, 4 put out of the room.")
    {
        CallCommand.Create(),
        RecordCommand.Create(),
        ChatCommand.Create(),
        ListCommand.Create(),
        StatCommand.Create(),
        LoadCommand.Create(),
    };

    /// <summary>Runs a command's work; whatever it throws that a user can cause becomes a line on stderr and an exit code.</summary>
    internal static async Task<int> GuardAsync(Func<Task<int>> work, CancellationToken cancel)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
        catch (UsageException e)
        {
            return Fail(e, ExitCodes.Usage);
        }
        catch (FfmpegMissingException e)
        {
            return Fail(e, ExitCodes.FfmpegMissing);
        }
        catch (QcvcException e) when (Advice.For(e.Reply) is { } advice)
        {
            return Fail(new QcvcException($"{advice} ({Printable.Of(e.Reply!.ToString())})"), ExitCodes.Failed);
        }
        catch (Exception e) when (e is QcvcException or IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException or ArgumentException)
        {
            return Fail(e, ExitCodes.Failed);
        }
    }

    internal static void PrintJson<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, _json));

    private static int Fail(Exception why, int code)
    {
        Console.Error.WriteLine($"qcvc: {why.Message}");
        return code;
    }
}
