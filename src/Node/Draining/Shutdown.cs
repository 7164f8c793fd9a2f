using System.Runtime.InteropServices;

namespace Conference.Node.Draining;

/// <summary>What happens between SIGTERM and the end of the process.</summary>
internal static class Shutdown
{
    /// <summary>Drains while there is somebody to go on with, then says farewell. Who asks a second time waits for nobody.</summary>
    public static async Task RunAsync(IServiceProvider services)
    {
        var drain = services.GetRequiredService<Drain>();
        var conference = services.GetRequiredService<ConferenceHost>();
        if (conference.Actors is not null && drain.HasOthers())
        {
            using var again = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => drain.Begin(TimeSpan.Zero));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => drain.Begin(TimeSpan.Zero));
            drain.Begin();
            await drain.WaitAsync();
        }

        await conference.SayFarewellAsync();
    }
}
