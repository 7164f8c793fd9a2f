using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Conference.Node;
using Conference.Node.Akka;
using Conference.Node.Settings;
using Conference.Node.Store;
using Conference.Protocol.Addresses;
using Microsoft.Win32.SafeHandles;

// Exit codes: 0 after a clean stop, 1 when something failed (a port in use, a bug), 2 for wrong arguments or settings or a machine without ICU, 3 when the cluster put
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
    var command = NodeCommandLine.Parse(args);
    switch (command.Task)
    {
        case NodeTask.Help:
            await Console.Out.WriteLineAsync(NodeCommandLine.Help);
            return 0;
        case NodeTask.Version:
            await Console.Out.WriteLineAsync(NodeCommandLine.Version);
            return 0;
        case NodeTask.MigrateStore:
            await MigrateStoreCommand.RunAsync(command.Settings);
            return 0;
    }

    await using var app = await NodeApplication.BuildAsync(command.Settings);
    var shutdown = app.Services.GetService<DownedShutdown>();
    await app.RunAsync();
    return shutdown?.ExitCode ?? 0;
}
catch (Exception e) when (e is SettingsException or CommandLineException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (OperationCanceledException)
{
    // Asked to stop before it had started.
    return 0;
}
catch (Exception e) when (e is StoreException or ClusterStartException or PortException || e.GetBaseException() is IOException or SocketException)
{
    await Console.Error.WriteLineAsync((e is StoreException or ClusterStartException or PortException ? e : e.GetBaseException()).Message);
    return 1;
}
