using System.Net.Sockets;
using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Console;

/// <summary>What an operator does to rooms, and that it happens to real clients.</summary>
[Collection(nameof(Browser))]
public sealed class RoomTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task A_room_is_seen_with_its_members_and_what_flows_in_it()
    {
        await using var call = await Call.StartAsync(live.Node, "seen");
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync();

        await Expect(console.Row("seen").First).ToBeVisibleAsync();
        await console.Main.GetByRole(AriaRole.Link, new() { Name = "seen", Exact = true }).First.ClickAsync();

        await Expect(console.Main.Locator("h1")).ToHaveTextAsync("seen");
        await Expect(console.Row("alice-seen")).ToContainTextAsync("video");
        await Expect(console.Row("bob-seen")).ToBeVisibleAsync();
        await using (call.Talk())
            await Expect(console.Main.Locator(".tile", new() { HasText = "Out" }).Locator(".value")).Not.ToHaveTextAsync("0 bit/s");
        await console.ShowAsync("room");

        await call.Bob.ExpectAsync("DCON video seen@127.0.0.1", "304 video disconnected");
        await Expect(console.Row("bob-seen")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_member_is_muted_and_unmuted_after_confirmation_and_not_without()
    {
        await using var call = await Call.StartAsync(live.Node, "muting");
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync("#/rooms/muting");
        var mute = console.Button("Mute alice-muting");

        await mute.ClickAsync();
        await Expect(console.Dialog).ToContainTextAsync("Mute alice-muting in muting?");
        await console.ShowAsync("mute");
        await console.Page.Keyboard.PressAsync("Escape");
        await Expect(console.Dialog).ToHaveCountAsync(0);
        await Expect(mute).ToBeFocusedAsync();
        Assert.False(await call.IsMutedAsync("alice-muting"));

        await mute.ClickAsync();
        await console.ConfirmAsync("Mute");
        await Expect(console.Page.Locator("#toast")).ToHaveTextAsync("alice-muting is muted in muting.");
        await Expect(console.Row("alice-muting")).ToContainTextAsync("muted");
        Assert.True(await call.IsMutedAsync("alice-muting"));

        await console.Button("Unmute alice-muting").ClickAsync();
        await console.ConfirmAsync("Unmute");
        await Expect(mute).ToBeVisibleAsync();
        Assert.False(await call.IsMutedAsync("alice-muting"));
    }

    [Fact]
    public async Task A_member_is_put_out_and_the_room_goes_on()
    {
        await using var call = await Call.StartAsync(live.Node, "leaving");
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync("#/rooms/leaving");

        await console.Button("Put out alice-leaving").ClickAsync();
        await console.ConfirmAsync("Put out");

        await Expect(console.Row("alice-leaving")).ToHaveCountAsync(0);
        await Expect(console.Row("bob-leaving")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_room_is_closed_and_says_so()
    {
        await using var call = await Call.StartAsync(live.Node, "closing");
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync("#/rooms/closing");

        await console.Button("Close room…").ClickAsync();
        await Expect(console.Dialog).ToContainTextAsync("Its 2 members are put out");
        await console.ConfirmAsync("Close room");

        await Expect(console.Main.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Nobody is in this room, and nobody keeps it.");
        await Expect(console.Button("Close room…")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_the_node_refuses_is_said_in_the_dialog_which_stays_open()
    {
        await using var call = await Call.StartAsync(live.Node, "refusing");
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync("#/rooms/refusing");
        await console.Page.RouteAsync("**/members/**", route => route.FulfillAsync(new()
        {
            Status = 503, ContentType = "application/problem+json", Body = """{"title":"Service Unavailable","status":503,"detail":"try again"}""",
        }));

        await console.Button("Put out bob-refusing").ClickAsync();
        await console.Dialog.GetByRole(AriaRole.Button, new() { Name = "Put out" }).ClickAsync();
        await Expect(console.Dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Not done: try again.");

        await console.Page.UnrouteAsync("**/members/**");
        await console.ConfirmAsync("Put out");
        await Expect(console.Row("bob-refusing")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_user_is_found_by_keys_alone_with_the_rooms_they_are_in_and_put_out_there()
    {
        await using var call = await Call.StartAsync(live.Node, "finding");
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync();
        var (page, box) = (console.Page, console.Page.GetByRole(AriaRole.Combobox));

        await page.Keyboard.PressAsync("/");
        await Expect(box).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Bob-F");
        await Expect(page.GetByRole(AriaRole.Option)).ToHaveTextAsync(["userbob-findingonline"]);
        await console.ShowAsync("find");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(box).ToHaveAttributeAsync("aria-activedescendant", "found-0");
        await page.Keyboard.PressAsync("Enter");
        await Expect(console.Main.Locator("h1")).ToHaveTextAsync("bob-finding");
        await Expect(console.Row("finding").First).ToBeVisibleAsync();

        await console.Button("Put bob-finding out of finding").ClickAsync();
        await console.ConfirmAsync("Put out");
        await Expect(console.Main.Locator("section").Nth(1)).ToContainTextAsync("put out");

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("no such name");
        await Expect(page.GetByRole(AriaRole.Listbox)).ToContainTextAsync("Nothing by that name");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Listbox)).ToBeHiddenAsync();
        await Expect(box).ToHaveValueAsync("");
        await page.Keyboard.PressAsync("Escape");
        await Expect(box).Not.ToBeFocusedAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("finding");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync($"{console.Address}#/rooms/finding");
    }

    [Fact]
    public async Task A_drain_is_begun_and_called_off_after_confirmation()
    {
        await using var node = await NodeProcess.StartAsync("Node:Name=leaver");
        await using var client = await TestClient.ConnectAsync(node);
        await client.ConnAsync("video", "going@127.0.0.1");
        await using var console = await browser.OpenAsync(node);
        await console.SignInAsync();

        await console.Button("Drain leaver").ClickAsync();
        await console.Dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(console.Row("leaver").First).ToContainTextAsync("ready");
        await console.Button("Drain leaver").ClickAsync();
        await console.ConfirmAsync("Drain");
        await Expect(console.Row("leaver").First).ToContainTextAsync("draining");
        await Expect(console.Main.GetByText("leaver: draining, 1 session left")).ToBeVisibleAsync();
        await console.ShowAsync("drain");

        await console.Button("Call off the drain of leaver").ClickAsync();
        await console.ConfirmAsync("Call off");
        await Expect(console.Row("leaver").First).ToContainTextAsync("ready");
        await Expect(console.Main.GetByText("leaver is ready: its drain was called off")).ToBeVisibleAsync();
    }

    /// <summary>Alice and Bob, in a room, hearing each other.</summary>
    private sealed class Call(NodeProcess node, string room, TestClient alice, TestClient bob, Socket from) : IAsyncDisposable
    {
        public TestClient Bob => bob;

        public static async Task<Call> StartAsync(NodeProcess node, string room)
        {
            var alice = await TestClient.ConnectAsync(node, "127.0.0.1");
            var bob = await TestClient.ConnectAsync(node, "127.0.0.2");
            await alice.ExpectAsync($"AUTH ANONYMOUS alice-{room}", $"204 alice-{room}");
            await bob.ExpectAsync($"AUTH ANONYMOUS bob-{room}", $"204 bob-{room}");
            var (from, to) = (await alice.ConnAsync("video", $"{room}@127.0.0.1"), await bob.ConnAsync("video", $"{room}@127.0.0.1"));
            await from.LatchAsync(to);
            return new Call(node, room, alice, bob, from);
        }

        /// <summary>Alice sends until this is disposed of.</summary>
        public IAsyncDisposable Talk() => new Talking(from);

        public async Task<bool> IsMutedAsync(string member)
        {
            using var admin = new AdminClient(node, AdminClient.Token);
            var (_, body) = await admin.GetAsync($"rooms/{room}");
            return body.GetProperty("members").EnumerateArray().Single(m => m.GetProperty("name").GetString() == member).GetProperty("muted").GetBoolean();
        }

        public async ValueTask DisposeAsync()
        {
            await alice.DisposeAsync();
            await bob.DisposeAsync();
        }

        private sealed class Talking : IAsyncDisposable
        {
            private readonly PeriodicTimer _timer = new(TimeSpan.FromMilliseconds(5));
            private readonly Task _talking;

            public Talking(Socket from) => _talking = TalkAsync(from);

            public async ValueTask DisposeAsync()
            {
                _timer.Dispose();
                await _talking;
            }

            private async Task TalkAsync(Socket from)
            {
                byte[] datagram = new byte[1000];
                while (await _timer.WaitForNextTickAsync())
                    from.Send(datagram);
            }
        }
    }
}
