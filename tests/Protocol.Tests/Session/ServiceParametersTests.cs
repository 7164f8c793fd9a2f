using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

public sealed class ServiceParametersTests
{
    [Theory]
    [InlineData("rate", "30")]
    [InlineData("compression", "0")]
    [InlineData("bitrate", "0")]
    [InlineData("select", "all")]
    [InlineData("mute", "off")]
    [InlineData("layers", "none")]
    public void Each_parameter_has_its_default(string parameter, string value) =>
        Assert.Equal(value, ServiceParameters.Default.Get(parameter));

    [Theory]
    [InlineData("rate", "1", "1")]
    [InlineData("rate", "240", "240")]
    [InlineData("rate", "010", "10")]
    [InlineData("compression", "0", "0")]
    [InlineData("compression", "100", "100")]
    [InlineData("bitrate", "0", "0")]
    [InlineData("bitrate", "10000000", "10000000")]
    [InlineData("mute", "on", "on")]
    [InlineData("mute", "ON", "on")]
    [InlineData("mute", "off", "off")]
    [InlineData("layers", "1111:150,2222:500,3333:1500", "1111:150,2222:500,3333:1500")]
    [InlineData("layers", "4294967295:10000000,01:1", "4294967295:10000000,1:1")]
    [InlineData("layers", "NONE", "none")]
    [InlineData("select", "all", "all")]
    [InlineData("select", "ALL", "all")]
    [InlineData("select", "speaker", "speaker")]
    [InlineData("select", "speaker:1", "speaker")]
    [InlineData("select", "Speaker:50", "speaker:50")]
    [InlineData("select", "Joe", "joe")]
    [InlineData("select", "Joe@127.0.0.1", "joe")]
    public void A_value_within_its_range_is_taken_and_told_in_one_form(string parameter, string value, string told) =>
        Assert.Equal(told, ServiceParameters.Default.With(parameter, value)?.Get(parameter));

    [Theory]
    [InlineData("rate", "0")]
    [InlineData("rate", "241")]
    [InlineData("rate", "-1")]
    [InlineData("rate", "+1")]
    [InlineData("rate", "29.97")]
    [InlineData("rate", "1e1")]
    [InlineData("rate", "0x10")]
    [InlineData("rate", "fast")]
    [InlineData("rate", "99999999999999999999")]
    [InlineData("rate", "١٠")]
    [InlineData("compression", "101")]
    [InlineData("compression", "-1")]
    [InlineData("bitrate", "10000001")]
    [InlineData("mute", "yes")]
    [InlineData("mute", "1")]
    [InlineData("select", "speaker:0")]
    [InlineData("select", "speaker:51")]
    [InlineData("select", "speaker:")]
    [InlineData("select", "speaker:all")]
    [InlineData("select", "joe!")]
    [InlineData("select", "@host")]
    [InlineData("layers", "1111:150")]
    [InlineData("layers", "1111:150,1111:500")]
    [InlineData("layers", "1111:150,2222:0")]
    [InlineData("layers", "1111:150,2222")]
    [InlineData("layers", "1111:150,2222:500,")]
    [InlineData("layers", "-1:150,2222:500")]
    [InlineData("layers", "4294967296:150,2222:500")]
    [InlineData("layers", "1:1,2:1,3:1,4:1,5:1,6:1,7:1,8:1,9:1")]
    [InlineData("layers", "")]
    [InlineData("colour", "blue")]
    public void A_value_that_cannot_be_is_refused(string parameter, string value) =>
        Assert.Null(ServiceParameters.Default.With(parameter, value));

    [Fact]
    public void One_parameter_changes_and_the_others_stay()
    {
        var changed = ServiceParameters.Default.With("rate", "10")!.With("mute", "on")!.With("select", "joe")!;
        Assert.Equal(new ServiceParameters(10, 0, 0, new SourceSelection.User(Name.Parse("joe")), true) { IsRateSet = true }, changed);
    }

    [Fact]
    public void The_default_rate_is_told_and_not_asked_for()
    {
        Assert.False(ServiceParameters.Default.IsRateSet);
        Assert.False(ServiceParameters.Default.With("mute", "on")!.IsRateSet);
        Assert.True(ServiceParameters.Default.With("rate", "30")!.IsRateSet);
    }

    [Fact]
    public void There_are_no_others() => Assert.Null(ServiceParameters.Default.Get("colour"));

    [Theory]
    [InlineData("rate", "frame rate")]
    [InlineData("bitrate", "bit rate")]
    [InlineData("select", "selection")]
    [InlineData("compression", "compression")]
    [InlineData("mute", "mute")]
    public void A_refusal_names_the_parameter_in_words(string parameter, string words) =>
        Assert.Equal(words, ServiceParameters.Describe(parameter));
}
