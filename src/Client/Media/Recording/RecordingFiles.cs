namespace Conference.Client.Media.Recording;

/// <summary>File names for members: whatever a member calls itself stays one file in one directory, and no file is written twice.</summary>
public static class RecordingFiles
{
    private const int MaxLength = 80;

    /// <summary>Letters, digits and <c>. _ - +</c> stay; no leading dot, never empty.</summary>
    public static string SafeName(string member)
    {
        string safe = new([.. member.Take(MaxLength).Select(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '+' ? c : '_')]);
        safe = safe.TrimStart('.');
        return safe.Length == 0 ? "unknown" : safe;
    }

    /// <summary><c>joe.mkv</c>, or <c>joe-2.mkv</c> where that is taken; the file is there, empty, when this returns.</summary>
    public static string Reserve(string directory, string member)
    {
        string name = SafeName(member);
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
