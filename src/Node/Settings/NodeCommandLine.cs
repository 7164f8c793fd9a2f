using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Conference.Node.Store;

namespace Conference.Node.Settings;

/// <summary>What a node is asked to do.</summary>
internal enum NodeTask
{
    Serve,

    /// <summary>Copy one store to another, and end.</summary>
    MigrateStore,

    /// <summary>Say what may be asked, and end.</summary>
    Help,

    /// <summary>Say the version, and end.</summary>
    Version,
}

/// <summary>
/// The arguments of the process, read before anything is opened or made. .NET's own reader passes over what it does not understand, so that a misspelt setting would
/// start a node that does something else than it was told.
/// </summary>
/// <param name="Task">What to do.</param>
/// <param name="Settings"><c>--Key=value</c>, each of a section that exists.</param>
internal sealed record NodeCommandLine(NodeTask Task, string[] Settings)
{
    /// <summary>.NET's own section, for what is logged at which level.</summary>
    internal const string Logging = "Logging:LogLevel:";

    private const string Advice = "--help lists the settings";

    public static string Version =>
        typeof(NodeCommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static string Help => $"""
        Conference {Version}, a video conference server that speaks QCVC 1.1.

          Conference.Node [--Key value ...]      serves until Ctrl+C or SIGTERM
          Conference.Node {MigrateStoreCommand.Name} --Store:Path FILE --Store:Postgres CONNECTION
                                                 copies a SQLite file to PostgreSQL
          Conference.Node --help, --version

        Exit codes: 0 stopped cleanly, 1 could not start or go on, 2 wrong arguments or settings, 3 put out of its cluster.
        Settings, which may also stand in the environment (Qcvc__Port=4321) or in appsettings.json; docs/operating.md says what each one means:

        {string.Join('\n', NodeSettings.Keys.Select(key => "  --" + key))}
          --Logging:LogLevel:Default
        """;

    /// <exception cref="CommandLineException">An argument is no setting, or has no value.</exception>
    public static NodeCommandLine Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Any(a => a is "--help" or "-h" or "-?"))
            return new NodeCommandLine(NodeTask.Help, []);
        if (arguments.Contains("--version"))
            return new NodeCommandLine(NodeTask.Version, []);
        var task = NodeTask.Serve;
        List<string> settings = [];
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out string? argument))
        {
            if (argument == MigrateStoreCommand.Name)
                task = NodeTask.MigrateStore;
            else
                settings.Add(ReadSetting(argument, rest, settings));
        }

        return new NodeCommandLine(task, [.. settings]);
    }

    private static string ReadSetting(string argument, Queue<string> rest, List<string> before)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal))
            Refuse(before.Count == 0
                ? $"{Shown(argument)} is not an argument: a setting is given as --Qcvc:Port 4321, and {Advice}"
                // It may be the second half of a secret.
                : $"there is a word too many after --{KeyOf(before[^1][2..])}: a value with spaces in it needs quotes");
        string key = KeyOf(argument[2..]);
        if (!IsSetting(key))
            Refuse($"--{Shown(key)} is not a setting: {Advice}");
        string? value = argument.Length > key.Length + 2 ? argument[(key.Length + 3)..]
            : rest.TryPeek(out string? next) && !next.StartsWith("--", StringComparison.Ordinal) ? rest.Dequeue() : null;
        if (string.IsNullOrWhiteSpace(value))
            Refuse($"--{Shown(key)} has no value: a setting is given as --Qcvc:Port 4321");
        return $"--{key}={value}";
    }

    /// <summary>Of a section there is. A key of ours that does not exist is told with all else that is wrong with the settings.</summary>
    private static bool IsSetting(string key)
    {
        string section = SettingValues.SectionOf(key);
        return (section.Length > 0 && section.Length < key.Length && NodeSettings.Keys.Select(SettingValues.SectionOf).Contains(section, StringComparer.OrdinalIgnoreCase))
            || (key.StartsWith(Logging, StringComparison.OrdinalIgnoreCase) && key.Length > Logging.Length);
    }

    private static string KeyOf(string setting) => setting.Split('=', 2)[0];

    private static string Shown(string text) => new([.. text.Take(100).Select(c => char.IsControl(c) ? '?' : c)]);

    [DoesNotReturn]
    private static void Refuse(string why) => throw new CommandLineException(why);
}

/// <summary>The arguments make no sense; <see cref="Exception.Message"/> says why in one sentence.</summary>
public sealed class CommandLineException(string message) : Exception(message);
