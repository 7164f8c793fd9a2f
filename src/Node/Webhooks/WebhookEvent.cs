using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conference.Actors.Calls;

namespace Conference.Node.Webhooks;

/// <summary>What happened, as it is sent.</summary>
/// <param name="Id">Of the event: what comes again comes with the same.</param>
/// <param name="Kind">What happened.</param>
/// <param name="At">When, by the clock of the node where it did.</param>
/// <param name="Domain">The customer; `default` for the default domain.</param>
/// <param name="Room">Where.</param>
/// <param name="Number">Grows from event to event of one room. What opens a room has the number of the join that does, what closes it that of the last leave.</param>
/// <param name="Member">Who; null where it is about the room.</param>
/// <param name="Call">The call record of the member's stay; null where it is about the room or the name.</param>
/// <param name="End">How the stay ended, of `member.left`.</param>
public sealed record WebhookEvent(
    [property: RegularExpression("^[0-9a-f]{32}$")] string Id,
    [property: AllowedValues(
        "room.opened", "room.closed", "member.joined", "member.left", "member.waiting", "member.putout", "member.muted", "member.unmuted", "recording.began", "recording.ended")]
    string Kind,
    DateTimeOffset At, string Domain, string Room, long Number, string? Member, Guid? Call,
    [property: AllowedValues("left", "lost", "put out", "node gone", null)] string? End)
{
    /// <summary>Names are written as they are.</summary>
    private static readonly JsonSerializerOptions _json = new(JsonSerializerOptions.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal string ToJson() => JsonSerializer.Serialize(this, _json);

    /// <exception cref="JsonException">It is none.</exception>
    internal static WebhookEvent OfJson(string json) => JsonSerializer.Deserialize<WebhookEvent>(json, _json) ?? throw new JsonException("nothing");

    /// <param name="persistenceId">Whose event it comes from.</param>
    /// <param name="sequenceNr">That event's number.</param>
    /// <param name="part">Which of what follows from it.</param>
    internal static string IdOf(string persistenceId, long sequenceNr, int part) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{persistenceId}\n{sequenceNr}\n{part}"))).AsSpan(0, 16));

    internal static string? EndText(CallEnd end) => end switch
    {
        CallEnd.Left => "left",
        CallEnd.Lost => "lost",
        CallEnd.PutOut => "put out",
        _ => "node gone",
    };
}
