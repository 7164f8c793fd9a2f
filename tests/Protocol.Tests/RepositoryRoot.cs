namespace Conference.Protocol.Tests;

/// <summary>Where the checked-out sources are, for tests that read them.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, "Conference.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("No Conference.sln above " + AppContext.BaseDirectory);
    }
}
