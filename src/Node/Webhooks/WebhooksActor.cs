using Akka.Actor;
using Conference.Node.Metrics;

namespace Conference.Node.Webhooks;

/// <summary>Webhooks, on the one node of the cluster where this is: the projection that fills the queue, and who sends what is in it.</summary>
internal sealed class WebhooksActor : UntypedActor
{
    private readonly WebhookDeliverer _deliverer;
    private readonly Func<Action, Props> _projection;
    private readonly WebhookMetrics _metrics;

    /// <param name="deliverer">Makes who sends.</param>
    /// <param name="projection">Makes the projection, which says when it has queued something.</param>
    /// <param name="metrics">Of the queue.</param>
    public WebhooksActor(Func<WebhookDeliverer> deliverer, Func<Action, Props> projection, WebhookMetrics metrics) =>
        (_deliverer, _projection, _metrics) = (deliverer(), projection, metrics);

    protected override void PreStart()
    {
        Context.ActorOf(_projection(_deliverer.Wake), "projection");
        _ = Task.Run(async () =>
        {
            using (_deliverer)
                await _deliverer.RunAsync();
        });
    }

    protected override void PostStop()
    {
        _deliverer.Stop();
        _metrics.Stopped();
    }

    protected override void OnReceive(object message) => Unhandled(message);
}
