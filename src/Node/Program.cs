using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Conference.Node;
using Conference.Node.Akka;
using Conference.Node.Settings;
using Conference.Node.Store;
using Conference.Protocol.Addresses;
using Microsoft.Win32.SafeHandles;

// Exit codes: 0 after a clean stop, 1 when something failed (a port in use, a bug), 2 for wrong settings or a machine without ICU, 3 when the cluster put
// this node out: then it is to be started again.
// Before anything that asks for a culture: at that .NET itself ends a process without ICU, with a stack trace and exit code 134. The console asks for one.
if (Icu.Problem() is { } problem)
{
    using var error = new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    error.Write(Encoding.UTF8.GetBytes(problem + "\n"));
    return 2;
}

// A node says the same on every machine, whatever language that speaks.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
try
{
    if (args.Contains(MigrateStoreCommand.Name))
    {
        await MigrateStoreCommand.RunAsync(args);
        return 0;
    }

    await using var app = await NodeApplication.BuildAsync(args);
    var shutdown = app.Services.GetService<DownedShutdown>();
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
