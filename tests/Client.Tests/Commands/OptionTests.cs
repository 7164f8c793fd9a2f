using Conference.Client.Commands;
using Conference.Protocol.Replies;

namespace Conference.Client.Tests.Commands;

public class OptionTests
{
    [Theory]
    [InlineData("call a@h --port 0", "--port must be a whole number from 1 to 65535")]
    [InlineData("call a@h --port 65536", "--port must be a whole number from 1 to 65535")]
    [InlineData("call a@h --port 99999999999999", "--port must be a whole number from 1 to 65535")]
    [InlineData("stat a@h --port -1", "--port must be a whole number from 1 to 65535")]
    [InlineData("list a@h --port x", "--port must be a whole number from 1 to 65535")]
    [InlineData("call a@h --fps 0", "--fps must be a whole number from 1 to 240")]
    [InlineData("call a@h --fps 15.5", "--fps must be a whole number from 1 to 240")]
    [InlineData("call a@h --tone 20001", "--tone must be a whole number from 1 to 20000")]
    [InlineData("call a@h --seconds -1", "--seconds must be a number from 0.1 to 10000000")]
    [InlineData("call a@h --seconds 0", "--seconds must be a number from 0.1 to 10000000")]
    [InlineData("call a@h --seconds soon", "--seconds must be a number from 0.1 to 10000000")]
    [InlineData("call a@h --come-back 1e9", "--come-back must be a number from 0 to 10000000")]
    [InlineData("call a@h --codec av1", "--codec must be vp8 or h264")]
    [InlineData("chat a@h --tls maybe", "--tls must be auto or off or required or implicit")]
    [InlineData("chat a@h --bind here", "here is no IP address")]
    [InlineData("chat a@h --bind 127.1", "127.1 is no IP address")]
    [InlineData("load h --from 999", "999 is no IP address")]
    [InlineData("load h --clients 0", "--clients must be a whole number from 1 to 1000000")]
    [InlineData("load h --size 65001", "--size must be a whole number from 40 to 65000")]
    [InlineData("load h --burst many", "--burst must be a whole number from 1 to 1000")]
    [InlineData("load h --rate 0", "--rate must be a number from 0.001 to 10000000")]
    [InlineData("load h --connect-rate -3", "--connect-rate must be a number from 0 to 10000000")]
    [InlineData("load h --threads 65", "--threads must be a whole number from 1 to 64")]
    public void A_value_out_of_range_is_told_with_the_range(string line, string sentence) => Assert.Equal([sentence], Errors(line));

    [Theory]
    [InlineData("call a@h --port 65535 --fps 240 --tone 1 --seconds 0.1 --come-back 0 --codec h264 --tls implicit")]
    [InlineData("load @h --from 127.0.0.1")]
    [InlineData("chat @h --bind fe80::1%1")]
    [InlineData("load h --clients 1 --size 65000 --burst 1000 --rate 0.5 --connect-rate 0 --threads 64")]
    public void The_ends_of_the_range_are_in_it(string line) => Assert.Empty(Errors(line));

    [Theory]
    [InlineData(504, "name in use", "take another --name")]
    [InlineData(504, "reserved name", "take another --name")]
    [InlineData(503, "authentication required", "--password-file")]
    [InlineData(503, "192.0.2.1 is not served here", "Qcvc:Domains")]
    [InlineData(421, "server full", "try again later")]
    public void A_refusal_comes_with_advice(int code, string text, string advice) =>
        Assert.Contains(advice, Advice.For(new Reply(code, text)), StringComparison.Ordinal);

    private static string[] Errors(string line) => [.. QcvcCommandLine.Parse(line.Split(' ')).Errors.Select(e => e.Message)];
}
