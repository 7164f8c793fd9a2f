namespace Conference.Node.Webhooks;

/// <summary><c>Webhooks:*</c></summary>
/// <param name="AllowPrivate">Receivers may be at addresses that are not public.</param>
/// <param name="RetryFor">How long a delivery is tried.</param>
/// <param name="KeepDelivered">How long what was delivered is shown.</param>
/// <param name="KeepDead">How long what was given up is kept.</param>
public sealed record WebhookSettings(bool AllowPrivate, TimeSpan RetryFor, TimeSpan KeepDelivered, TimeSpan KeepDead);
