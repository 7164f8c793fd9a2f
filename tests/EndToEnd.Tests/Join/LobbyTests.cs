using System.Text.RegularExpressions;
using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Join;

/// <summary>A room that somebody runs from the page: a lobby and a password for who comes, and the controls of who decides.</summary>
[Collection(nameof(Browser))]
public sealed class LobbyTests(Browser browser)
{
    [Fact]
    public async Task A_moderator_lets_in_who_waits_and_a_password_is_asked_for()
    {
        await using var node = await NodeProcess.StartAsync($"Http:AdminToken={AdminClient.Token}");
        using var admin = new AdminClient(node);
        await using var ann = new JoinPage(await browser.TabAsync(), node);
        await ann.JoinAsync("hall?name=ann");
        await ann.Page.Keyboard.PressAsync("p");
        await Expect(ann.Page.GetByText("This room")).ToBeHiddenAsync();
        Assert.Equal(204, (await admin.SendAsync(HttpMethod.Put, "rooms/hall/moderators/ann")).Status);

        var lobby = ann.Page.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("Lobby") });
        await lobby.CheckAsync();
        await Expect(lobby).ToBeCheckedAsync();
        await ann.Page.GetByLabel("Title").FillAsync("Weekly standup");
        await ann.Page.GetByLabel("Title").PressAsync("Enter");
        await Expect(ann.Heading).ToHaveTextAsync("Weekly standup");

        await using var bob = new JoinPage(await browser.TabAsync(), node);
        await bob.OpenAsync("hall?name=bob");
        await bob.Button("Join").ClickAsync();
        await Expect(bob.Button("Stop waiting")).ToBeFocusedAsync();
        await Expect(bob.Page.GetByText("Whoever runs this room has been told that you are here.")).ToBeVisibleAsync();
        await bob.ShowAsync("waiting");
        await Expect(ann.Page.Locator("#toast")).ToHaveTextAsync("bob waits to be let in.");
        await Accessibility.IsCleanAsync(ann.Page, "moderating");
        await Accessibility.IsCleanAsync(bob.Page, "waiting");
        await ann.ShowAsync("moderating");
        await ann.Button("Turn bob away").ClickAsync();
        await Expect(bob.Page.GetByText("You were not let in.")).ToBeVisibleAsync();
        await bob.Button("Join").ClickAsync();
        await ann.Button("Let bob in").ClickAsync();
        await Expect(bob.Button("Leave")).ToBeVisibleAsync();
        await Expect(bob.Heading).ToHaveTextAsync("Weekly standup");
        await ann.Button("Mute bob for everyone").ClickAsync();
        await Expect(bob.Button("Muted by a moderator")).ToBeDisabledAsync();

        await lobby.UncheckAsync();
        await ann.Page.Locator("#room-password").FillAsync("tulip");
        await ann.Page.Locator("#room-password").PressAsync("Enter");
        await Expect(ann.Page.GetByText("There is one: yes")).ToBeVisibleAsync();
        await using var carol = new JoinPage(await browser.TabAsync(), node);
        await carol.OpenAsync("hall?name=carol");
        await Expect(carol.Page.GetByLabel("Password")).ToBeHiddenAsync();
        await carol.Button("Join").ClickAsync();
        await Expect(carol.Page.GetByText("This room has a password.")).ToBeVisibleAsync();
        await Expect(carol.Page.GetByLabel("Password")).ToBeFocusedAsync();
        await carol.Page.Keyboard.TypeAsync("rose");
        await carol.Page.Keyboard.PressAsync("Enter");
        await Expect(carol.Page.GetByText("This is not the room’s password.")).ToBeVisibleAsync();
        await carol.ShowAsync("password");
        await carol.Page.Keyboard.TypeAsync("tulip");
        await carol.Page.Keyboard.PressAsync("Enter");
        await Expect(carol.Button("Leave")).ToBeVisibleAsync();

        var (_, invited) = await admin.SendAsync(HttpMethod.Post, "rooms/hall/invitations", "{}");
        await using var dave = new JoinPage(await browser.TabAsync(), node);
        await dave.JoinAsync($"hall?invite={invited.GetProperty("token").GetString()}&name=dave");
        Assert.DoesNotContain("invite", dave.Page.Url, StringComparison.Ordinal);
    }
}
