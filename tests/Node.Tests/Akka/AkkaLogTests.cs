using Conference.Node.Akka;

namespace Conference.Node.Tests.Akka;

public sealed class AkkaLogTests
{
    [Theory]
    [InlineData("akka://conference/system/sharding/rooms/12/room%2Fdefault%2Fstandup", "failed", "akka://conference/system/sharding/rooms/12/room%2F...: failed")]
    [InlineData("rooms", "Entity [user/default/joe] stopped, [room/default/standup] too", "rooms: Entity [user/...] stopped, [room/...] too")]
    [InlineData("akka://conference/user/sessions/$a", "failed", "akka://conference/user/sessions/$a: failed")]
    public void Names_of_users_and_rooms_are_left_out(string source, string message, string line) => Assert.Equal(line, AkkaLog.Text(source, message));

    [Theory]
    [InlineData("akka://conference/system/endpointManager/reliableEndpointWriter-x-1/endpointWriter", "Disassociated")]
    [InlineData("remoting", "Tried to associate with unreachable remote address [akka.tls://conference@127.0.0.4:1]. Address is now gated")]
    [InlineData("akka://conference/system/sharding/users", "users: Dropping [8] buffered messages to shard [126] during hand off to avoid re-ordering")]
    public void What_is_said_whenever_a_node_comes_or_goes_is_left_out(string source, string message) => Assert.Null(AkkaLog.Text(source, message));

    [Fact]
    public void Everything_else_is_said() => Assert.Equal("remoting: quarantined", AkkaLog.Text("remoting", "quarantined"));
}
