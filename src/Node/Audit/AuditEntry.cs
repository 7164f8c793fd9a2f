using System.Security.Cryptography;
using System.Text;
using Conference.Protocol.Addresses;

namespace Conference.Node.Audit;

/// <summary>One act of an operator: who did what to whom, from where, and what came of it.</summary>
/// <param name="Id">Of the entry; its log line has the same.</param>
/// <param name="At">When it was asked for.</param>
/// <param name="Operator">As the caller calls itself; <see cref="Unnamed"/> where it does not. The admin token proves that it may, not who it is.</param>
/// <param name="From">The address it was asked from.</param>
/// <param name="Node">The name of the node that was asked.</param>
/// <param name="Act">The operation, as the API's description calls it.</param>
/// <param name="Room">Done to this room; null where to none.</param>
/// <param name="User">Done to this user; null where to none.</param>
/// <param name="OnNode">Done to this node, by its id or name; null where to none.</param>
/// <param name="Details">The settings it gave, never a secret.</param>
/// <param name="Status">The HTTP status it was answered with.</param>
public sealed record AuditEntry(
    Guid Id, DateTimeOffset At, string Operator, string From, string Node, string Act, Name? Room, Name? User, string? OnNode, string Details, int Status)
{
    public const string Unnamed = "admin";

    /// <summary>The name of the token it was done with; null for the admin token of the settings.</summary>
    public string? Token { get; init; }

    /// <summary>Done in this domain, or to it; null for the default domain, and where it is none's.</summary>
    public Domain? Domain { get; init; }

    /// <summary>In logs, which hold no names, the same domain always has this id.</summary>
    public string? DomainId => Domain is { } domain ? IdOf("domain", domain.ToString()) : null;

    /// <summary>In logs, which hold no names, the same room always has this id.</summary>
    public string? RoomId => Room is { } name ? IdOf("room", name.ToString()) : null;

    /// <summary>In logs, which hold no names, the same user always has this id.</summary>
    public string? UserId => User is { } name ? IdOf("user", name.ToString()) : null;

    /// <summary>done, not found, unknown (nobody answered whether it was done), failed, refused.</summary>
    public string Result => Status switch
    {
        < 400 => "done",
        StatusCodes.Status404NotFound => "not found",
        StatusCodes.Status503ServiceUnavailable => "unknown",
        >= 500 => "failed",
        _ => "refused",
    };

    private static string IdOf(string kind, string name) => $"{kind}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}/{name}")))[..16]}";
}
