using Conference.Actors.Runtime;

namespace Conference.Actors.Cluster;

/// <summary>Drains this node for operators on any node.</summary>
public sealed class DrainActor : ReceiveActor
{
    public DrainActor(INodeDrain drain)
    {
        Receive<DrainCommands.Begin>(begin =>
        {
            drain.Begin(begin.Within);
            Answer(drain.ReadAsync());
        });
        Receive<DrainCommands.CallOff>(_ => Answer(CallOffAsync(drain)));
        Receive<DrainCommands.Read>(_ => Answer(drain.ReadAsync()));
    }

    public static Props Props(INodeDrain drain) => Runtime.Props.Create(() => new DrainActor(drain));

    private static async Task<DrainStatus> CallOffAsync(INodeDrain drain)
    {
        await drain.CallOffAsync();
        return await drain.ReadAsync();
    }

    /// <summary>Others are answered meanwhile: a drain can be watched while it is called off.</summary>
    private void Answer(Task<DrainStatus> status) => status.PipeTo(Sender, Self);
}
