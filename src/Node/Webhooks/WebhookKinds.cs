using System.Diagnostics.CodeAnalysis;
using Conference.Node.Api;

namespace Conference.Node.Webhooks;

/// <summary>What a webhook is told of. The numbers are stored.</summary>
[Flags]
public enum WebhookKinds
{
    None = 0,
    RoomOpened = 1,
    RoomClosed = 2,
    MemberJoined = 4,
    MemberLeft = 8,

    MemberWaiting = 16,
    MemberPutOut = 32,
    MemberMuted = 64,
    MemberUnmuted = 128,
    RecordingBegan = 256,
    RecordingEnded = 512,
}

/// <summary>Kinds as the API and what is sent write them.</summary>
internal static class WebhookKindsText
{
    public const string Must = "a list of kinds, each once: " + List;

    private const string List =
        "room.opened, room.closed, member.joined, member.left, member.waiting, member.putout, member.muted, member.unmuted, recording.began, recording.ended";

    private static readonly (WebhookKinds Kind, string Word)[] _each =
    [
        .. Enum.GetValues<WebhookKinds>().Where(k => k != WebhookKinds.None).Zip(List.Split(", ")),
    ];

    public static string[] Of(WebhookKinds kinds) => [.. _each.Where(e => kinds.HasFlag(e.Kind)).Select(e => e.Word)];

    public static string Word(WebhookKinds kind) => Array.Find(_each, e => e.Kind == kind).Word;

    public static bool TryParse([NotNullWhen(true)] IReadOnlyCollection<string?>? words, out WebhookKinds kinds)
    {
        kinds = WebhookKinds.None;
        foreach (string? word in words ?? [])
        {
            var kind = Array.Find(_each, e => e.Word == word).Kind;
            if (kind == WebhookKinds.None || kinds.HasFlag(kind))
                return false;
            kinds |= kind;
        }

        return kinds != WebhookKinds.None;
    }
}

/// <summary>A list of kinds: one at least, each once.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WebhookKindsListAttribute : WordListAttribute
{
    public override string Must => WebhookKindsText.Must;

    public override bool IsValid(object? value) => value is null || WebhookKindsText.TryParse(value as IReadOnlyCollection<string?>, out _);
}
