using System.Diagnostics.CodeAnalysis;

namespace Conference.Node.Api.Access;

/// <summary>What a token may. The numbers are stored.</summary>
[Flags]
public enum Rights
{
    None = 0,

    /// <summary>See what there is.</summary>
    Read = 1,

    /// <summary>Speak to a room, mute its members, put them out and let them in again; its rules, its moderators, its lobby and its invitations.</summary>
    Moderate = 2,

    /// <summary>Make, change and remove rooms, accounts, domains and tokens.</summary>
    Manage = 4,

    /// <summary>Drain nodes.</summary>
    Operate = 8,

    All = Read | Moderate | Manage | Operate,
}

/// <summary>Rights as the API writes them: each once, in lower case.</summary>
internal static class RightsText
{
    public const string Must = "a list of rights: read, moderate, manage, operate, each once";

    private static readonly Rights[] _each = [Rights.Read, Rights.Moderate, Rights.Manage, Rights.Operate];

    public static string[] Of(Rights rights) => [.. _each.Where(r => rights.HasFlag(r)).Select(Word)];

    public static bool TryParse([NotNullWhen(true)] IReadOnlyCollection<string?>? words, out Rights rights)
    {
        rights = Rights.None;
        foreach (string? word in words ?? [])
        {
            var right = Array.Find(_each, r => Word(r) == word);
            if (right == Rights.None || rights.HasFlag(right))
                return false;
            rights |= right;
        }

        return rights != Rights.None;
    }

    public static string Word(Rights right) => right.ToString().ToLowerInvariant();
}

/// <summary>A list of rights: one at least, each once.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RightsListAttribute : WordListAttribute
{
    public override string Must => RightsText.Must;

    public override bool IsValid(object? value) => RightsText.TryParse(value as IReadOnlyCollection<string?>, out _);
}
