using System.Net.Sockets;
using Conference.Node;
using Conference.Node.Akka;
using Conference.Node.Settings;
using Conference.Node.Store;

// Exit codes: 0 after a clean stop, 1 when something failed (a port in use, a bug), 2 for wrong settings, 3 when the cluster put this node out: then it
// is to be started again.
try
{
    if (args.Contains(MigrateStoreCommand.Name))
    {
        await MigrateStoreCommand.RunAsync(args);
        return 0;
    }

    await using var app = await NodeApplication.BuildAsync(args);
    var shutdown = app.Services.GetService<Shutdown>();
    await app.RunAsync();
    return shutdown?.ExitCode ?? 0;
}
catch (SettingsException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (OperationCanceledException)
{
    // Asked to stop before it had started.
    return 0;
}
catch (Exception e) when (e is StoreException or ClusterStartException || e.GetBaseException() is IOException or SocketException)
{
    // What Kestrel and the remoting throw for an address in use or not ours says which.
    await Console.Error.WriteLineAsync((e is StoreException or ClusterStartException ? e : e.GetBaseException()).Message);
    return 1;
}
