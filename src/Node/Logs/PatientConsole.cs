using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Conference.Node.Logs;

/// <summary>
/// The console's log without its one fault: .NET's own makes whoever logs wait while nobody reads standard output, and with that the node. Here lines that find no
/// place are dropped and counted. Formatters and their options are the console's.
/// </summary>
[ProviderAlias("Console")]
internal sealed class PatientConsole : ILoggerProvider, ISupportExternalScope
{
    private const string Category = "Conference.Node.Logs";

    private readonly ConsoleFormatter _formatter;
    private readonly LineWriter _lines;
    private IExternalScopeProvider? _scopes;

    public PatientConsole(IEnumerable<ConsoleFormatter> formatters, IOptions<ConsoleLoggerOptions> options)
    {
        string name = options.Value.FormatterName ?? ConsoleFormatterNames.Simple;
        var all = formatters.ToArray();
        _formatter = Array.Find(all, f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? all.First(f => f.Name == ConsoleFormatterNames.Simple);
        _lines = new LineWriter(System.Console.OpenStandardOutput(), Format);
    }

    /// <summary>Lines dropped since the process began, which has one standard output.</summary>
    public static long Dropped => LineWriter.Dropped;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => _lines.Dispose();

    private string Format(long dropped) => Format(new LogEntry<long>(
        LogLevel.Warning, Category, new EventId(4080), dropped, null, (count, _) => $"{count} log lines were dropped: standard output took them too slowly, or not at all"));

    private string Format<TState>(in LogEntry<TState> entry)
    {
        using var text = new StringWriter();
        _formatter.Write(entry, _scopes, text);
        return text.ToString();
    }

    private sealed class Logger(PatientConsole console, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => console._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string line = console.Format(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter));
            if (line.Length > 0)
                console._lines.Write(line);
        }
    }
}

internal static class PatientConsoleExtensions
{
    /// <summary>In the place of the console that has been added before.</summary>
    public static void AddPatientConsole(this ILoggingBuilder logging)
    {
        var replaced = logging.Services.Single(s => s.ServiceType == typeof(ILoggerProvider) && s.ImplementationType == typeof(ConsoleLoggerProvider));
        logging.Services.Remove(replaced);
        logging.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, PatientConsole>());
    }
}
