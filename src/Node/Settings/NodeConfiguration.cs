using System.Text.Json;

namespace Conference.Node.Settings;

/// <summary>Where settings come from, and what is wrong with it in one sentence.</summary>
internal static class NodeConfiguration
{
    private const string FileName = "appsettings.json";

    /// <exception cref="SettingsException">A file of settings cannot be read, or is no JSON.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // What a container has where its host has no such file. .NET would take it for no file at all.
        if (Directory.Exists(FileName))
            throw new SettingsException([$"{FileName} is a folder and not a file"]);
        try
        {
            return WebApplication.CreateSlimBuilder(args);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([WhatIsWrong(e)]);
        }
    }

    /// <exception cref="SettingsException"><c>Logging:LogLevel</c> names a level there is not.</exception>
    public static ILoggerFactory CreateLoggers(IConfiguration configuration, LogFormat format)
    {
        try
        {
            return LoggerFactory.Create(logging => NodeLogging.Configure(logging, configuration, format));
        }
        catch (InvalidOperationException e)
        {
            throw new SettingsException([$"Logging:LogLevel must be Trace, Debug, Information, Warning, Error, Critical or None: {e.Message}"]);
        }
    }

    /// <summary>.NET names the file, and, two exceptions below, the line.</summary>
    private static string WhatIsWrong(Exception e) => e.GetBaseException() switch
    {
        JsonException json => $"{e.Message.TrimEnd('.')}: it is no JSON, see line {json.LineNumber + 1}",
        var reason when reason != e => $"{e.Message.TrimEnd('.')}: {reason.Message}",
        _ => e.Message,
    };
}
