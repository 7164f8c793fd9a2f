using System.Net;
using System.Net.Sockets;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Conference.Node.Akka;
using Conference.Node.Tests.Akka.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Conference.Node.Tests.Akka;

public sealed class SingleNodeTests : IAsyncLifetime
{
    private readonly IHost _host;

    public SingleNodeTests()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddAkka(AkkaSetup.SystemName, akka => akka
            .ConfigureLoggers(l => l.ClearLoggers())
            .WithNode(new TestLogs())
            .AddHocon("akka { loglevel = OFF, stdout-loglevel = OFF }", HoconAddMode.Prepend));
        _host = builder.Build();
    }

    private ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    public async ValueTask InitializeAsync()
    {
        await _host.StartAsync(TestContext.Current.CancellationToken);
        await SingleNode.JoinAsync(System, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    [Fact]
    public void A_node_alone_is_up_on_loopback()
    {
        var self = Cluster.Get(System).SelfMember;
        Assert.Equal(MemberStatus.Up, self.Status);
        Assert.Equal("127.0.0.1", self.Address.Host);
        Assert.Equal("akka.tls", self.Address.Protocol);
    }

    [Fact]
    public async Task Nobody_else_can_speak_to_it()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Cluster.Get(System).SelfAddress.Port!.Value, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(new byte[100], TestContext.Current.CancellationToken);
        byte[] answer = new byte[100];
        int read;
        try
        {
            read = await client.GetStream().ReadAsync(answer, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            read = 0;
        }

        Assert.InRange(read, 0, 7);
    }

    [Fact]
    public void What_has_no_manifest_is_neither_written_nor_read()
    {
        var serialization = ((ExtendedActorSystem)System).Serialization;

        Assert.ThrowsAny<Exception>(() => serialization.Serialize(new Uri("http://example.org")));
        Assert.ThrowsAny<Exception>(() => serialization.Serialize(new List<string>()));
        Assert.Throws<SerializationException>(() => serialization.Deserialize("{}"u8.ToArray(), RefusingSerializer.TakenIdentifier, typeof(Uri)));
        Assert.Throws<SerializationException>(() => serialization.Deserialize("{}"u8.ToArray(), RefusingSerializer.TakenIdentifier, "System.Uri, System.Private.Uri"));
    }

    [Fact]
    public void Settings_are_what_is_written_here_and_not_what_comes_with_Akka()
    {
        var config = System.Settings.Config;
        Assert.False(config.GetBoolean("akka.coordinated-shutdown.run-by-clr-shutdown-hook"));
        Assert.Equal(TimeSpan.FromMilliseconds(200), config.GetTimeSpan("akka.remote.retry-gate-closed-for"));
        Assert.Equal(1 << 20, config.GetByteSize("akka.remote.tls.maximum-frame-size"));
        Assert.Empty(config.GetStringList("akka.cluster.sharding.distributed-data.durable.keys"));
        Assert.Equal(TimeSpan.FromSeconds(20), config.GetTimeSpan("akka.cluster.sharding.handoff-timeout"));
        Assert.Equal("ddata", config.GetString("akka.cluster.sharding.state-store-mode"));
    }
}
