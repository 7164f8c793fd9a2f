using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace Conference.EndToEnd.Tests.Join;

/// <summary>
/// The far end of a page's call, as a script: it answers commands as a node does, says what a test tells it to, and sends pictures of one colour from a tab of its own. What a real
/// room hardly ever does (everyone at once, an end of each kind) is seen this way.
/// </summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private static readonly string _farEnd = File.ReadAllText(Path.Combine(Folder(), "far-end.js"));

    private readonly ConcurrentQueue<string> _heard = [];
    private readonly Dictionary<string, string> _answers = [];
    private readonly ConcurrentQueue<string> _offers = [];
    private readonly string[] _members;
    private readonly IPage _far;
    private IWebSocketRoute? _socket;
    private string _self = "guest-1";
    private int _tokens;

    private ScriptedServer(string[] members, IPage far) => (_members, _far) = (members, far);

    /// <summary>What the page said, in its order.</summary>
    public IReadOnlyCollection<string> Heard => _heard;

    /// <summary>The page's, in their order.</summary>
    public IReadOnlyCollection<string> Offers => _offers;

    /// <summary>The domain of its sessions, as a host.</summary>
    public string Domain { get; set; } = "localhost";

    /// <summary>How often the page has joined.</summary>
    public int Joins { get; private set; }

    /// <summary>Of the session that has joined last.</summary>
    private string Token => _tokens.ToString("x32", CultureInfo.InvariantCulture);

    /// <param name="tab">The page's, which has not been opened yet.</param>
    /// <param name="members">Those who are in the room before: <c>alice audio,video</c>.</param>
    public static async Task<ScriptedServer> StartAsync(IPage tab, params string[] members)
    {
        var far = await tab.Context.NewPageAsync();
        await far.EvaluateAsync(_farEnd);
        var server = new ScriptedServer(members, far);
        await tab.RouteWebSocketAsync("**/qcvc", server.Accept);
        await tab.RouteAsync("**/qcvc/*", server.AgreeAsync);
        await tab.BringToFrontAsync();
        return server;
    }

    /// <summary>Answers a command that begins so with this; one that begins with nothing is the connection itself.</summary>
    public void Answer(string command, string reply) => _answers[command] = reply;

    /// <summary>Answers as a node does again.</summary>
    public void AnswerAll() => _answers.Clear();

    /// <summary>Says a line to the page.</summary>
    public void Say(string line) => _socket!.Send(line);

    /// <summary>Seats somebody on the n-th pair, and shows their colour there.</summary>
    /// <returns>The mid of their picture.</returns>
    public async Task<string> SeatAsync(int pair, string name, string colour)
    {
        string[] mids = await ShowAsync(pair, colour);
        Say($"118 slot {mids[0]} audio {name}@localhost");
        Say($"118 slot {mids[1]} video {name}@localhost");
        return mids[1];
    }

    /// <summary>Somebody shares a screen, on the n-th pair's line for pictures.</summary>
    /// <returns>Its mid.</returns>
    public async Task<string> ShareAsync(int pair, string name, string colour)
    {
        string[] mids = await ShowAsync(pair, colour);
        Say($"118 slot {mids[1]} screen {name}@localhost");
        return mids[1];
    }

    /// <summary>Ends the connection, without a word or behind one.</summary>
    public async Task HangUpAsync(string? line = null)
    {
        if (line is not null)
            Say(line);
        await _socket!.CloseAsync();
    }

    /// <summary>What the far end is sent: <c>video</c> lines on which frames have come.</summary>
    public Task<int> PicturesSentAsync() => _far.EvaluateAsync<int>("token => farEnd.pictures(token)", Token);

    public async ValueTask DisposeAsync() => await _far.CloseAsync();

    /// <summary>Waits until the page has offered that many pairs.</summary>
    private async Task<string[]> ShowAsync(int pair, string colour)
    {
        // Not by the tab itself: it is behind the page's, where a tab draws nothing and so would never look.
        await Eventually.IsTrueAsync(async () => await _far.EvaluateAsync<int>("token => farEnd.pairs(token)", Token) > pair, TimeSpan.FromSeconds(20));
        return await _far.EvaluateAsync<string[]>("([token, pair, colour]) => farEnd.show(token, pair, colour)", new object[] { Token, pair, colour });
    }

    private void Accept(IWebSocketRoute socket)
    {
        _socket = socket;
        if (_answers.TryGetValue("", out string? greeting))
        {
            socket.Send(greeting);
            _ = socket.CloseAsync();
            return;
        }

        socket.OnMessage(frame =>
        {
            _heard.Enqueue(frame.Text!);
            foreach (string line in Reply(frame.Text!))
                socket.Send(line);
        });
        socket.Send("100 QCVC/1.0");
    }

    private IEnumerable<string> Reply(string command)
    {
        foreach (var (begins, reply) in _answers)
        {
            if (command.StartsWith(begins, StringComparison.Ordinal))
                return [reply];
        }

        string[] words = command.Split(' ');
        switch (words)
        {
            case ["AUTH", "ANONYMOUS", var name]:
                _self = name.Split('@')[0].ToLower(CultureInfo.InvariantCulture);
                return [$"204 {_self}"];
            case ["CONN", var service, _]:
                return [$"303 {service} 11443"];
            case ["GETP", "session", "name"]:
                return [$"310 session {_self}"];
            case ["GETP", "session", "domain"]:
                return [$"310 session {Domain}"];
            case ["GETP", "session", "token"]:
                _tokens++;
                return [$"310 session token {Token}"];
            case ["GETP", "room", "role"]:
                return ["310 room member"];
            case ["SETP", var service, _, var value]:
                return [$"310 {service} {value}"];
            case ["LIST", ..]:
                Joins++;
                return [.. _members.Select(m => $"211 {m}"), $"211 {_self} audio,screen,video", "211 end"];
            case ["NOOP"]:
                return ["200 ok"];
            case ["QUIT"]:
                return ["421 quit"];
            default:
                return [];
        }
    }

    private async Task AgreeAsync(IRoute route)
    {
        string token = route.Request.Url[(route.Request.Url.LastIndexOf('/') + 1)..];
        if (route.Request.Method == "DELETE")
        {
            await _far.EvaluateAsync("token => farEnd.hangUp(token)", token);
            await route.FulfillAsync(new() { Status = 204 });
            return;
        }

        _offers.Enqueue(route.Request.PostData!);
        bool isFirst = route.Request.Method == "POST";
        string? answer = await _far.EvaluateAsync<string?>(
            "([token, offer, isFirst]) => farEnd.answer(token, offer, isFirst)", new object[] { token, route.Request.PostData!, isFirst });
        await route.FulfillAsync(answer is null
            ? new() { Status = 404 }
            : new() { Status = isFirst ? 201 : 200, ContentType = "application/sdp", Body = answer });
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
