using Akka.Actor;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Conference.Actors.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Conference.Actors.Tests.Serialization;

/// <summary>Two actor systems in their own time, with sockets between them; one answers with whatever it is told.</summary>
public sealed class TwoSystems : IAsyncLifetime
{
    private readonly List<IHost> _hosts = [];

    public ActorSystem A { get; private set; } = null!;

    public ActorSystem B { get; private set; } = null!;

    /// <summary>The actor of <see cref="B"/> that answers, as <see cref="A"/> reaches it.</summary>
    public IActorRef Echo { get; private set; } = null!;

    /// <summary>What messages may tell of: actors of this system and another, and of a node that is not there.</summary>
    public IReadOnlyList<IActorRef> Actors { get; private set; } = [];

    public ConferenceSerializer Serializer => (ConferenceSerializer)A.Serialization.FindSerializerForType(typeof(IWireMessage));

    public async ValueTask InitializeAsync()
    {
        (A, B) = (await StartAsync(), await StartAsync());
        B.ActorOf(Props.Create(() => new EchoActor()), "echo");
        var address = ((ExtendedActorSystem)B).Provider.DefaultAddress;
        Echo = await A.ActorSelection(new RootActorPath(address) / "user" / "echo").ResolveOne(Support.Conference.Patience);
        Actors =
        [
            A.ActorOf(Props.Empty, "here"), Echo,
            ((ExtendedActorSystem)A).Provider.ResolveActorRef("akka.tcp://conference@10.0.0.1:4331/user/forwarders"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    private async Task<ActorSystem> StartAsync()
    {
        var host = new HostBuilder().ConfigureServices(services => services.AddAkka("conference", (builder, _) => builder
            .AddHocon(
                """
                akka.loglevel = OFF
                akka.stdout-loglevel = OFF
                # There is nobody to say goodbye to.
                akka.remote.dot-netty.tcp.connection-timeout = 60s
                """,
                HoconAddMode.Prepend)
            .WithRemoting("127.0.0.1", 0)
            .WithConferenceSerialization())).Build();
        _hosts.Add(host);
        await host.StartAsync();
        return host.Services.GetRequiredService<ActorSystem>();
    }

    private sealed class EchoActor : ReceiveActor
    {
        public EchoActor() => ReceiveAny(message => Sender.Tell(message));
    }
}
