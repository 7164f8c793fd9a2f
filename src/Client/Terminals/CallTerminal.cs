using System.Runtime.InteropServices;
using System.Text;
using Conference.Client.Calls;
using Microsoft.Win32.SafeHandles;

namespace Conference.Client.Terminals;

/// <summary>The terminal that <c>qcvc call</c> was started at, for as long as a call lasts.</summary>
internal static class CallTerminal
{
    /// <param name="title">Above the table.</param>
    /// <param name="call">What is to be shown; its wishes are what the user types, null without somebody who could.</param>
    public static async Task<CallReport> RunAsync(string title, Func<TerminalView, bool, Task<CallReport>> call)
    {
        await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), bufferSize: 1 << 14);
        // Before the keys are ours: .NET looks at the terminal once, and restores at the end what it saw.
        _ = Size();
        using var raw = RawMode.TryEnter();
        var view = new TerminalView(output, Size, title, raw is not null);
        using var resized = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => view.Resize());
        if (raw is not null)
            new Thread(() => ReadKeys(view)) { IsBackground = true, Name = "keys" }.Start();
        try
        {
            return await call(view, raw is not null);
        }
        finally
        {
            view.Close();
        }
    }

    private static (int Width, int Height) Size()
    {
        try
        {
            return (Math.Max(20, Console.WindowWidth), Math.Max(8, Console.WindowHeight));
        }
        catch (IOException)
        {
            return (80, 24);
        }
    }

    /// <summary>Reading a terminal cannot be cancelled: the thread ends with the process, or with the terminal.</summary>
    private static void ReadKeys(TerminalView view)
    {
        // The console's own stream waits for whole lines, and sets the terminal back to that.
        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        var keys = new KeyReader();
        byte[] bytes = new byte[1024];
        while (input.Read(bytes) is > 0 and int count)
        {
            foreach (var key in keys.Read(bytes.AsMemory(0, count)))
                view.Press(key);
        }

        // The terminal is gone.
        view.Press(new Key(KeyKind.Leave));
    }
}
