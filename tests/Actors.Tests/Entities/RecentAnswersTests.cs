namespace Conference.Actors.Tests.Entities;

public sealed class RecentAnswersTests
{
    [Fact]
    public void What_was_answered_last_is_known_and_no_more_of_it_than_that()
    {
        var commands = Enumerable.Range(0, RecentAnswers<int>.Most + 3).Select(_ => CommandId.New()).ToArray();
        var answers = new RecentAnswers<int>();
        for (int i = 0; i < commands.Length; i++)
            answers = answers.With(commands[i], i);

        Assert.Equal(RecentAnswers<int>.Most, answers.All.Count);
        Assert.Null(answers.Find(commands[2]));
        Assert.Equal(3, answers.Find(commands[3]));
        Assert.Equal(commands.Length - 1, answers.Find(commands[^1]));
        Assert.Null(answers.Find(CommandId.New()));
    }

    [Fact]
    public void One_that_was_there_before_is_as_it_was()
    {
        var command = CommandId.New();
        var before = new RecentAnswers<int>();
        var after = before.With(command, 7);
        Assert.Null(before.Find(command));
        Assert.Equal(7, after.Find(command));
    }
}
