namespace Conference.Protocol.Tests;

public sealed class ServiceTests
{
    [Theory]
    [InlineData("video", "video")]
    [InlineData("VIDEO", "video")]
    [InlineData("screen-2", "screen-2")]
    [InlineData("a", "a")]
    public void A_service_is_a_word_that_ignores_case(string text, string expected)
    {
        Assert.True(Service.TryParse(text, out var service));
        Assert.Equal(expected, service.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("2d")]
    [InlineData("-a")]
    [InlineData("vid_eo")]
    [InlineData("vidéo")]
    [InlineData("video,audio")]
    [InlineData("\u212Aino")]
    public void Other_words_are_none(string? text) => Assert.False(Service.TryParse(text, out _));

    [Fact]
    public void It_has_at_most_32_letters()
    {
        Assert.True(Service.TryParse(new string('s', 32), out _));
        Assert.False(Service.TryParse(new string('s', 33), out _));
    }

    [Fact]
    public void Chat_and_session_carry_no_media()
    {
        Assert.True(Service.Video.IsMedia);
        Assert.True(Service.Audio.IsMedia);
        Assert.False(Service.Chat.IsMedia);
        Assert.False(Service.Session.IsMedia);
    }
}
