using Conference.Node;
using Conference.Node.Persistence;
using Conference.Node.Settings;

// Exit codes: 0 after a clean stop, 1 when something failed (a port in use, a bug), 2 for wrong settings.
try
{
    if (args.Contains(MigrateStoreCommand.Name))
    {
        await MigrateStoreCommand.RunAsync(args);
        return 0;
    }

    await using var app = NodeApplication.Build(args);
    await app.RunAsync();
    return 0;
}
catch (SettingsException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (StoreException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
{
    // What Kestrel throws for an address in use or not ours; its message says which.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
