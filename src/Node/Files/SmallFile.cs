namespace Conference.Node.Files;

/// <summary>Files that an operator writes: keys, certificates.</summary>
public static class SmallFile
{
    public const int MaxBytes = 1 << 20;

    /// <exception cref="IOException">There is none, or it is longer than such a file is.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Read(string path) =>
        new FileInfo(path).Length <= MaxBytes ? File.ReadAllBytes(path) : throw new IOException("it is longer than a mebibyte");
}
