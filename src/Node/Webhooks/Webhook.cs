using System.Security.Cryptography;
using Conference.Protocol.Addresses;

namespace Conference.Node.Webhooks;

/// <summary>Where a domain's events are sent.</summary>
/// <param name="Domain">Whose.</param>
/// <param name="Id">Unique in its domain.</param>
/// <param name="Url">http or https.</param>
/// <param name="Secret">What is sent is signed with it, so it is kept as it is.</param>
/// <param name="Kinds">What it is told of.</param>
/// <param name="Enabled">While it is not, nothing new is queued and nothing is sent.</param>
/// <param name="Made">When.</param>
public sealed record Webhook(Domain Domain, string Id, string Url, string Secret, WebhookKinds Kinds, bool Enabled, DateTimeOffset Made)
{
    private const int RandomBytes = 24;

    /// <summary>192 bits that nobody guesses.</summary>
    internal static string MakeSecret() => "webhook-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Neither URL nor secret is for a log.</summary>
    public override string ToString() => $"webhook {Id}";
}
