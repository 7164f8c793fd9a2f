using System.Collections.Immutable;

namespace Conference.Actors;

/// <summary>
/// The commands an entity carried out last, and what it answered: who has to ask again is told the same and nothing is done twice.
/// Bounded: a command is asked again within seconds or never. Immutable.
/// </summary>
/// <typeparam name="T">Answers.</typeparam>
public sealed class RecentAnswers<T>
    where T : struct
{
    /// <summary>One name's operators would have to give more commands than this while one of them waits.</summary>
    public const int Most = 32;

    public RecentAnswers()
        : this([])
    {
    }

    private RecentAnswers(ImmutableList<(CommandId Command, T Answer)> all) => All = all;

    /// <summary>The oldest first.</summary>
    public ImmutableList<(CommandId Command, T Answer)> All { get; }

    /// <returns>Null for a command that was not carried out, or longer ago.</returns>
    public T? Find(CommandId command)
    {
        foreach (var (known, answer) in All)
        {
            if (known == command)
                return answer;
        }

        return null;
    }

    public RecentAnswers<T> With(CommandId command, T answer)
    {
        var all = All.Add((command, answer));
        return new(all.Count > Most ? all.RemoveAt(0) : all);
    }
}
