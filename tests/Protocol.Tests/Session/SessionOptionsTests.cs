using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

public sealed class SessionOptionsTests
{
    [Fact]
    public void All_are_off_until_asked_for()
    {
        Assert.Equal("off", SessionOptions.Default.Get(Service.Session, "events"));
        Assert.Equal("off", SessionOptions.Default.Get(Service.Chat, "sender"));
        Assert.Equal("plain", SessionOptions.Default.Get(Service.Session, "ports"));
    }

    [Fact]
    public void Each_goes_on_and_off_and_the_others_stay()
    {
        var options = SessionOptions.Default.With("events", "on")!.With("sender", "ON")!.With("ports", "UDP")!;
        Assert.Equal(new SessionOptions(true, true, true), options);
        Assert.Equal(new SessionOptions(false, true, true), options.With("events", "off"));
        Assert.Equal(new SessionOptions(true, false, true), options.With("sender", "off"));
        Assert.Equal(new SessionOptions(true, true, false), options.With("ports", "plain"));
    }

    [Theory]
    [InlineData("events", "maybe")]
    [InlineData("sender", "1")]
    [InlineData("ports", "tcp")]
    [InlineData("colour", "on")]
    public void Other_values_are_refused(string option, string value) => Assert.Null(SessionOptions.Default.With(option, value));

    [Fact]
    public void An_option_belongs_to_one_service()
    {
        Assert.Null(SessionOptions.Default.Get(Service.Chat, "events"));
        Assert.Null(SessionOptions.Default.Get(Service.Session, "sender"));
        Assert.Null(SessionOptions.Default.Get(Service.Video, "ports"));
    }

    [Theory]
    [InlineData("online", UserStatus.Online)]
    [InlineData("AWAY", UserStatus.Away)]
    [InlineData("Busy", UserStatus.Busy)]
    [InlineData("hidden", UserStatus.Hidden)]
    public void A_status_is_a_word_that_ignores_case(string text, UserStatus expected)
    {
        Assert.True(UserStatusText.TryParse(text, out var status));
        Assert.Equal(expected, status);
        Assert.Equal(text.ToLowerInvariant(), status.ToText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("offline")]
    [InlineData("bu\u017Fy")]
    public void Other_words_are_no_status(string text) => Assert.False(UserStatusText.TryParse(text, out _));
}
