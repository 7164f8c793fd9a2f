using Conference.Protocol.Tests;

namespace Conference.Integration.Tests;

/// <summary>Where the built programs are, from this assembly's own place in the tree.</summary>
internal static class RepositoryPaths
{
    public static string Node => Built("src/Node", "Conference.Node.dll");

    public static string Client => Built("src/Client", "qcvc.dll");

    private static string Built(string project, string assembly)
    {
        // .../bin/<configuration>/<framework>/
        string framework = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        string configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!);
        return RepositoryRoot.File(project, "bin", configuration, framework, assembly);
    }
}
