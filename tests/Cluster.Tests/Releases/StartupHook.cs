using System.Reflection;

#pragma warning disable CA1050 // The runtime wants it by this very name.

/// <summary>
/// Runs in a node's process before the node does (DOTNET_STARTUP_HOOKS), and makes it one of the next release: what the variable
/// CONFERENCE_MANIFESTS names ("n.figures=n.figures2 re.kept=re.kept2") it writes under the new manifest, which no release before knows, and reads under
/// both. The node itself has no such switch.
/// </summary>
internal static class StartupHook
{
    public const string Manifests = "CONFERENCE_MANIFESTS";

    public static void Initialize()
    {
        var manifests = Type.GetType("Conference.Actors.Serialization.Manifests, Conference.Actors", throwOnError: true)!;
        var types = Field<Dictionary<string, Type>>("_types");
        var names = Field<Dictionary<Type, string>>("_manifests");
        foreach (string[] change in Environment.GetEnvironmentVariable(Manifests)!.Split(' ').Select(c => c.Split('=')))
        {
            var type = types[change[0]];
            types[change[1]] = type;
            names[type] = change[1];
        }

        T Field<T>(string name) => (T)manifests.GetField(name, BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;
    }
}
