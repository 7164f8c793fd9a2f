using System.Globalization;

namespace Conference.Client.Media.Recording;

/// <summary>File names for members: whatever a member calls itself stays one file in one directory, and no file is written twice.</summary>
public static class RecordingFiles
{
    /// <summary>Characters. As UTF-8, with a time and a number behind them, they fit into the 255 bytes of a file's name.</summary>
    private const int MaxLength = 60;

    /// <summary>Letters, digits and <c>. _ - +</c> stay; no leading dot, never empty.</summary>
    public static string SafeName(string member)
    {
        string safe = new([.. member.Take(MaxLength).Select(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '+' ? c : '_')]);
        safe = safe.TrimStart('.');
        return safe.Length == 0 ? "unknown" : safe;
    }

    /// <summary><c>-20270131T120000Z</c>: what stands behind a name that says when the file begins.</summary>
    public static string Dated(DateTimeOffset start) => string.Create(CultureInfo.InvariantCulture, $"-{start.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");

    /// <summary>Makes a directory where there is none, and sees whether files can be written there.</summary>
    /// <exception cref="IOException">They cannot.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not.</exception>
    public static string Prepare(string directory)
    {
        string path = Directory.CreateDirectory(directory).FullName;
        File.Create(Path.Combine(path, $".qcvc-{Guid.NewGuid():N}"), 1, FileOptions.DeleteOnClose).Dispose();
        return path;
    }

    /// <summary><c>joe.mkv</c>, or <c>joe-2.mkv</c> where that is taken; the file is there, empty, when this returns.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">A safe one.</param>
    /// <exception cref="IOException">There can be no file.</exception>
    public static string Reserve(string directory, string name)
    {
        for (int number = 1; ; number++)
        {
            string path = Path.Combine(directory, number == 1 ? $"{name}.mkv" : $"{name}-{number}.mkv");
            try
            {
                File.Open(path, FileMode.CreateNew).Dispose();
                return path;
            }
            catch (IOException) when (File.Exists(path) && number < 10_000)
            {
                // Taken: another session of the same name, or an earlier call.
            }
        }
    }
}
