using Conference.Actors.Runtime;

namespace Conference.Actors.Cluster;

/// <summary>Tells any node what this one says of itself.</summary>
public sealed class FiguresActor : ReceiveActor
{
    public FiguresActor(INodeFigures figures) => Receive<ReadFigures>(read =>
    {
        if (figures.Latest(read.WithRooms) is { } content)
            Sender.Tell(new FiguresRead(content));
    });

    public static Props Props(INodeFigures figures) => Runtime.Props.Create(() => new FiguresActor(figures));
}
