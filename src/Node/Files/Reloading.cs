namespace Conference.Node.Files;

/// <summary>Something read from files, which is read again when they change.</summary>
public interface IReloading
{
    /// <summary>Looks whether they have. Called now and then by one thread at a time.</summary>
    void Refresh();
}

/// <summary>
/// What one or more files mean, as of now. A change is taken up once the files hold the same at two looks in a row, so that
/// none is read half written, nor a certificate without the key that is still to come; what cannot be read leaves what was. Compared by
/// content: a mounted secret is a chain of links whose own times do not change.
/// </summary>
public sealed class Reloading<T> : IReloading
    where T : class
{
    private readonly string[] _paths;
    private readonly Func<byte[][], T> _read;
    private readonly Action<T> _onReloaded;
    private readonly Action<Exception> _onBad;
    private byte[][]? _used;
    private byte[][]? _seen;
    private volatile T _current;

    /// <param name="paths">The files.</param>
    /// <param name="read">Their contents, in the order of the paths, to what they mean; throws for what means nothing.</param>
    /// <param name="onReloaded">Something new was read.</param>
    /// <param name="onBad">Something new could not be; said once per content.</param>
    /// <exception cref="Exception">They cannot be read now: whatever <paramref name="read"/> or the file system threw.</exception>
    public Reloading(string[] paths, Func<byte[][], T> read, Action<T> onReloaded, Action<Exception> onBad)
    {
        (_paths, _read, _onReloaded, _onBad) = (paths, read, onReloaded, onBad);
        _used = _seen = ReadFiles();
        _current = read(_used);
    }

    public T Current => _current;

    public void Refresh()
    {
        try
        {
            byte[][] now = ReadFiles();
            bool isStable = AreSame(now, _seen);
            _seen = now;
            if (!isStable || AreSame(now, _used))
                return;
            _used = now;
            _current = _read(now);
            _onReloaded(_current);
        }
        catch (Exception e) when (_seen is null && IsOfTheFileSystem(e))
        {
            // It was not there at the last look either, and that was said.
        }
        catch (Exception e)
        {
            // Whatever a parser throws: what was good stays.
            if (IsOfTheFileSystem(e))
                _seen = null;
            _onBad(e);
        }
    }

    private byte[][] ReadFiles() => [.. _paths.Select(SmallFile.Read)];

    private static bool IsOfTheFileSystem(Exception e) => e is IOException or UnauthorizedAccessException;

    private static bool AreSame(byte[][] now, byte[][]? before) =>
        before is not null && now.Length == before.Length && now.Index().All(file => file.Item.AsSpan().SequenceEqual(before[file.Index]));
}
