namespace Conference.Integration.Tests.Rooms;

public sealed class RoomRulesTests
{
    [Fact]
    public async Task A_full_room_is_busy_and_refuses_until_somebody_leaves()
    {
        await using var node = await NodeProcess.StartAsync("Rooms:MaxMembers=2");
        await using var alice = await TestClient.ConnectAsync(node);
        await using var bob = await TestClient.ConnectAsync(node);
        await using var carol = await TestClient.ConnectAsync(node);
        await alice.ConnAsync("video", "small@127.0.0.1");
        await carol.ExpectAsync("STAT small@127.0.0.1", "202 online");
        await bob.ConnAsync("video", "small@127.0.0.1");

        await carol.ExpectAsync("STAT small@127.0.0.1", "202 busy");
        await carol.ExpectAsync("CONN video small@127.0.0.1", "503 room is full");
        await alice.ConnAsync("audio", "small@127.0.0.1");
        await bob.ExpectAsync("DCON video small@127.0.0.1", "304 video disconnected");
        await carol.ConnAsync("video", "small@127.0.0.1");
    }

    [Fact]
    public async Task Without_rooms_on_demand_only_users_who_are_here_can_be_called()
    {
        await using var node = await NodeProcess.StartAsync("Rooms:OnDemand=false");
        await using var joe = await TestClient.ConnectAsync(node);
        await using var alice = await TestClient.ConnectAsync(node);
        await alice.ExpectAsync("HELO joe@127.0.0.1", "501 joe is not here");
        await alice.ExpectAsync("CONN video joe@127.0.0.1", "503 joe is not here");

        await joe.ExpectAsync("AUTH ANONYMOUS joe", "204 joe");

        await alice.ExpectAsync("HELO joe@127.0.0.1", "201 joe is here");
        await alice.ConnAsync("video", "joe@127.0.0.1");
    }

    [Fact]
    public async Task Where_authentication_is_required_a_guest_only_looks()
    {
        await using var node = await NodeProcess.StartAsync("Auth:Mode=required");
        await using var guest = await TestClient.ConnectAsync(node);

        await guest.ExpectAsync("HELO standup@127.0.0.1", "201 standup is here");
        await guest.ExpectAsync("CONN video standup@127.0.0.1", "503 authentication required");
        await guest.ExpectAsync("LIST standup@127.0.0.1", "503 authentication required");
        await guest.ExpectAsync("AUTH ANONYMOUS joe", "504 authentication required");
        await guest.ExpectAsync("SEND chat hello\r\nNOOP", "200 ok");
    }
}
