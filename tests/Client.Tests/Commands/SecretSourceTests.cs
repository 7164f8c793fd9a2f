using Conference.Client.Commands;
using Conference.Client.Connections;
using Conference.Client.Tests.Relay;
using static Conference.Client.Tests.Relay.ScriptedServer;

namespace Conference.Client.Tests.Commands;

public sealed class SecretSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qcvc-test").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("open sesame\n", "AUTH PLAIN AGpvZQBvcGVuIHNlc2FtZQ==")]
    [InlineData("open sesame\r\n", "AUTH PLAIN AGpvZQBvcGVuIHNlc2FtZQ==")]
    [InlineData(" open ", "AUTH PLAIN AGpvZQAgb3BlbiA=")]
    public async Task A_password_is_the_files_line(string content, string said) =>
        Assert.Equal(said, await SaidAsync(SecretSource.Read("joe", Write(content), null, _ => "not this one")));

    [Fact]
    public async Task A_token_needs_no_name_and_the_environment_is_as_good_as_a_file()
    {
        Assert.Equal("AUTH BEARER a.b.c", await SaidAsync(SecretSource.Read(null, null, Write("a.b.c\n"), _ => null)));
        Assert.Equal("AUTH BEARER a.b.c", await SaidAsync(SecretSource.Read(null, null, null, v => v == "QCVC_TOKEN" ? "a.b.c" : "")));
        Assert.Equal("AUTH PLAIN AGpvZQB4", await SaidAsync(SecretSource.Read("joe", null, null, v => v == "QCVC_PASSWORD" ? "x" : null)));
        Assert.Equal("AUTH ANONYMOUS joe", await SaidAsync(SecretSource.Read("joe", null, null, _ => null)));
        Assert.Null(SecretSource.Read(null, null, null, _ => null));
    }

    [Fact]
    public void What_does_not_go_together_is_told()
    {
        string file = Write("secret");
        Assert.Equal("a password wants a --name", Refusal(null, file, null));
        Assert.Equal("a password and a token are one too many", Refusal("joe", file, file));
        Assert.Equal("a token says the name itself: leave --name away", Refusal("joe", null, file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("two\nlines\n")]
    [InlineData("a\0b")]
    public void A_file_that_is_not_one_line_is_refused(string content) =>
        Assert.EndsWith("it must hold one line, and nothing else", Refusal("joe", Write(content), null), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_cannot_be_read_is_refused()
    {
        Assert.Contains("no-such-file", Refusal("joe", Path.Combine(_folder, "no-such-file"), null), StringComparison.Ordinal);
        string path = Write("");
        File.WriteAllBytes(path, [0x73, 0xFF, 0xFE]);
        Assert.EndsWith("this is not UTF-8", Refusal("joe", path, null), StringComparison.Ordinal);
        File.WriteAllText(path, new string('x', 5000));
        Assert.EndsWith("and nothing else", Refusal("joe", path, null), StringComparison.Ordinal);
    }

    private static string Refusal(string? name, string? passwordFile, string? tokenFile) =>
        Assert.Throws<UsageException>(() => SecretSource.Read(name, passwordFile, tokenFile, _ => null)).Message;

    private static async Task<string> SaidAsync(SignIn? signIn)
    {
        var heard = new TaskCompletionSource<string>();
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            heard.SetResult((await HearAsync(s, 1))[0]);
            await SayAsync(s, "204 joe\r\n");
            await HearAsync(s, 1);
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, cancel: Cancel);
        Assert.Equal("joe", await signIn!.SayAsync(client, Cancel));
        return await heard.Task;
    }

    private string Write(string content)
    {
        string path = Path.Combine(_folder, "secret");
        File.WriteAllText(path, content);
        return path;
    }
}
