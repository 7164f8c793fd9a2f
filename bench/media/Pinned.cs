using System.Diagnostics;
using System.Globalization;

namespace Conference.Bench.Media;

/// <summary>A process kept to some cores, spoken to in lines.</summary>
internal sealed class Pinned : IDisposable
{
    private readonly Process _process;
    private readonly bool _endsWithInput;

    private Pinned(Process process, bool endsWithInput)
    {
        (_process, _endsWithInput) = (process, endsWithInput);
        process.ErrorDataReceived += (_, line) => LastWords = line.Data ?? LastWords;
        process.BeginErrorReadLine();
    }

    /// <summary>The last line it wrote to its error output.</summary>
    public string LastWords { get; private set; } = "";

    public static Pinned Start(string cores, string path, params object[] arguments) => Start(cores, path, endsWithInput: true, arguments);

    /// <param name="endsWithInput">False for a program that has to be killed.</param>
    public static Pinned Start(string cores, string path, bool endsWithInput, object[] arguments)
    {
        var start = new ProcessStartInfo("taskset") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (object argument in (object[])["-c", cores, path, .. arguments])
            start.ArgumentList.Add(FormattableString.Invariant($"{argument}"));
        return new Pinned(Process.Start(start)!, endsWithInput);
    }

    public string Ask(string line)
    {
        Say(line);
        return Hear();
    }

    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public string Hear() =>
        _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"a child process ended early: {LastWords}");

    public bool HasEnded => _process.HasExited;

    /// <summary>CPU seconds of each of its threads so far, with the thread's name.</summary>
    public IReadOnlyList<(string Thread, double Seconds)> Cpu()
    {
        // taskset becomes the program, so its number is the program's.
        List<(string, double)> threads = [];
        foreach (string task in Directory.GetDirectories($"/proc/{_process.Id}/task"))
        {
            try
            {
                string nanoseconds = File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0];
                threads.Add((File.ReadAllText(Path.Combine(task, "comm")).Trim(), long.Parse(nanoseconds, CultureInfo.InvariantCulture) * 1e-9));
            }
            catch (IOException)
            {
                // A thread that has just ended.
            }
        }

        return threads;
    }

    public void Dispose()
    {
        if (_endsWithInput)
            _process.StandardInput.Close();
        if (!_endsWithInput || !_process.WaitForExit(TimeSpan.FromSeconds(5)))
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
