using System.Text;
using Conference.Protocol.Tests.Transcripts;

namespace Conference.Integration.Tests.Transcripts;

/// <summary>Every transcript of docs/protocol.md, said to a real node word for word.</summary>
public sealed class TranscriptReplayTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    public static TheoryData<string> Titles { get; } = [.. ProtocolDocument.Transcripts.Select(t => t.Title)];

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task A_node_says_what_the_page_says(string title)
    {
        // Each transcript begins on a node with nobody on it.
        await Eventually.EqualAsync(0, () => fixture.Node.MetricAsync("conference_sessions"));
        await Eventually.EqualAsync(0, () => fixture.Node.MetricAsync("conference_rooms"));
        var transcript = ProtocolDocument.Transcripts.Single(t => t.Title == title);
        var numbers = new TranscriptNumbers();
        var clients = new Dictionary<string, TestClient>();
        try
        {
            var said = new StringBuilder();
            foreach (var (i, step) in transcript.Steps.Index())
            {
                // What one says without waiting goes in one piece: who is sent away with the first of it would break the connection with the rest.
                if (step is TranscriptStep.Sends sends)
                    said.Append(numbers.Fill(sends.Text)).Append("\r\n");
                if (said.Length > 0 && !(transcript.Steps.ElementAtOrDefault(i + 1) is TranscriptStep.Sends next && next.Client == step.Client))
                {
                    await clients[step.Client].SendAsync(said.ToString());
                    said.Clear();
                }

                await TakeAsync(step, clients, numbers);
            }
        }
        finally
        {
            foreach (var client in clients.Values)
                await client.DisposeAsync();
        }
    }

    private async Task TakeAsync(TranscriptStep step, Dictionary<string, TestClient> clients, TranscriptNumbers numbers)
    {
        switch (step)
        {
            case TranscriptStep.Connects:
                clients.Add(step.Client, await TestClient.ConnectSilentlyAsync(fixture.Node));
                break;
            case TranscriptStep.Receives receives:
                string line = await clients[step.Client].ReadAsync() ?? "(closed)";
                Assert.True(numbers.Matches(receives.Pattern, line), $"line {step.Line}: expected '{receives.Pattern}', heard '{line}'");
                break;
            case TranscriptStep.IsModerated moderated:
                await ModerateAsync(moderated);
                break;
            case TranscriptStep.IsClosed:
                Assert.Null(await clients[step.Client].ReadAsync());
                break;
        }
    }

    private async Task ModerateAsync(TranscriptStep.IsModerated step)
    {
        using var admin = new AdminClient(fixture.Node);
        string member = $"rooms/{step.Room}/members/{step.Client}";
        var (status, _) = step.What switch
        {
            "muted in" => await admin.PutAsync($"{member}/mute", """{"muted":true}"""),
            "unmuted in" => await admin.PutAsync($"{member}/mute", """{"muted":false}"""),
            "made moderator of" => await admin.SendAsync(HttpMethod.Put, $"rooms/{step.Room}/moderators/{step.Client}"),
            _ => await admin.DeleteAsync(member),
        };
        Assert.Equal(204, status);
    }
}
