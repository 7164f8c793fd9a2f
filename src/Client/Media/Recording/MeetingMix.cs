using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Conference.Client.Media.Ffmpeg;

namespace Conference.Client.Media.Recording;

/// <summary>
/// One file of a meeting out of those of its members: each member's picture has a place in a grid, which is black while there is none, and all sound is added up.
/// Made by ffmpeg after the end; each file lies where its first packet came.
/// </summary>
internal static class MeetingMix
{
    private const int Width = 1280;
    private const int Height = 720;
    private const int FramesPerSecond = 25;

    private static readonly TimeSpan _oneAndTheSame = TimeSpan.FromSeconds(1);

    /// <param name="ffmpeg">Where it is.</param>
    /// <param name="directory">Takes <c>meeting-20270131T120000Z.mkv</c>.</param>
    /// <param name="recordings">Those of the members.</param>
    /// <returns>The file; null where there is nothing to mix.</returns>
    /// <exception cref="IOException">It could not be made, or was interrupted; there is no file then.</exception>
    public static async Task<string?> RunAsync(string ffmpeg, string directory, IEnumerable<RecordingResult> recordings)
    {
        var files = Usable(recordings);
        if (files.Count == 0)
            return null;
        string path = RecordingFiles.Reserve(directory, "meeting" + RecordingFiles.Dated(files[0].Started));
        string part = path + ".part";
        try
        {
            await using (var process = FfmpegProcess.Start(ffmpeg, Arguments(files, part)))
            {
                // The first signal has ended the recording. The next one is not to wait for the mix; but who signals a group signals each of it twice.
                var stopped = new TaskCompletionSource();
                long begun = Stopwatch.GetTimestamp();
                void Stop(PosixSignalContext signal)
                {
                    signal.Cancel = true;
                    if (Stopwatch.GetElapsedTime(begun) > _oneAndTheSame)
                        stopped.TrySetResult();
                }

                using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
                using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
                await Task.WhenAny(process.Exited, stopped.Task);
                if (stopped.Task.IsCompleted || !process.IsClosed)
                    throw new IOException($"the meeting is not mixed: {(stopped.Task.IsCompleted ? "interrupted" : process.LastMessage)}");
            }

            File.Move(part, path, overwrite: true);
            return path;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>What there is of files, the first to begin first.</summary>
    internal static IReadOnlyList<RecordingResult> Usable(IEnumerable<RecordingResult> recordings) =>
        [.. recordings.Where(r => new FileInfo(r.File.Length > 0 ? r.File : "-") is { Exists: true, Length: > 0 }).OrderBy(r => r.Started)];

    /// <param name="files">At least one, the first to begin first.</param>
    /// <param name="output">The file to write.</param>
    internal static IReadOnlyList<string> Arguments(IReadOnlyList<RecordingResult> files, string output)
    {
        var start = files[0].Started;
        double length = files.Max(f => (f.Started - start).TotalSeconds + f.Seconds);
        var inputs = files.SelectMany(f => (string[])
        [
            // A sender may change the size of its picture: the filters take that, and need not begin anew.
            "-reinit_filter", "0", "-threads", "1", "-itsoffset", Number((f.Started - start).TotalSeconds), "-i", $"file:{f.File}",
        ]);
        bool hasPicture = files.Any(f => f.HasPicture), hasSound = files.Any(f => f.HasSound);
        string[] graph = [.. hasPicture ? Pictures(files, length) : [], .. hasSound ? Sounds(files) : []];
        return
        [
            "-hide_banner", "-loglevel", "error", "-nostats", "-nostdin", "-y", "-copyts", .. inputs, "-filter_complex", string.Join(';', graph),
            .. hasPicture ? (string[])["-map", "[picture]", "-c:v", "libvpx", "-pix_fmt", "yuv420p", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "2500k", "-g", "250"] : [],
            .. hasSound ? (string[])["-map", "[sound]", "-c:a", "libopus", "-b:a", "96k"] : [],
            "-t", Number(length), "-f", "matroska", $"file:{output}",
        ];
    }

    /// <summary>Whoever comes back has the place they had, their screen another.</summary>
    private static IEnumerable<string> Pictures(IReadOnlyList<RecordingResult> files, double length)
    {
        static (string Member, string Screen) CellOf(RecordingResult file) => (file.Member, string.Join(',', file.Services.Except(["video", "audio"])));
        var shown = Enumerable.Range(0, files.Count).Where(i => files[i].HasPicture).ToList();
        var cells = shown.Select(i => CellOf(files[i])).Distinct().ToList();
        int columns = (int)Math.Ceiling(Math.Sqrt(cells.Count)), rows = (cells.Count + columns - 1) / columns;
        int width = Width / columns / 2 * 2, height = Height / rows / 2 * 2;
        yield return Text($"color=c=black:s={Width}x{Height}:r={FramesPerSecond}:d={Number(length)},format=yuv420p[grid0]");
        foreach (var (at, file) in shown.Index())
        {
            int cell = cells.IndexOf(CellOf(files[file]));
            string below = at + 1 == shown.Count ? "picture" : Text($"grid{at + 1}");
            yield return Text($"[{file}:v:0]scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1:color=black:eval=frame,setsar=1[cell{at}]");
            yield return Text($"[grid{at}][cell{at}]overlay={cell % columns * width}:{cell / columns * height}:eof_action=pass:format=yuv420[{below}]");
        }
    }

    /// <summary>Silence is put in where a sender pauses, and before each file begins.</summary>
    private static IEnumerable<string> Sounds(IReadOnlyList<RecordingResult> files)
    {
        var heard = Enumerable.Range(0, files.Count).Where(i => files[i].HasSound).ToList();
        foreach (int file in heard)
            yield return Text($"[{file}:a:0]aresample=48000:async=1:first_pts=0,aformat=channel_layouts=stereo[voice{file}]");
        string voices = string.Concat(heard.Select(i => Text($"[voice{i}]")));
        yield return Text($"{voices}amix=inputs={heard.Count}:duration=longest:normalize=0,alimiter=limit=0.95:level=false[sound]");
    }

    private static string Number(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
