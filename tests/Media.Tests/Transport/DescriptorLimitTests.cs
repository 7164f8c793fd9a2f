using System.Net;
using System.Runtime.InteropServices;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Transport;

/// <summary>What happens when the process may open nothing more. Alone, since the limit is everybody's.</summary>
[Collection(nameof(LifetimeTests))]
public sealed class DescriptorLimitTests
{
    private const int LimitOfFiles = 7;

    [Fact]
    public void A_client_that_cannot_be_latched_for_want_of_descriptors_is_latched_by_its_next_datagram()
    {
        using var room = new Room(Carrier.Linux, ports: 2);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2", latch: false);
        using (new NoMoreDescriptors())
        {
            bob.Send("lost");
            Room.Until(() => room.Drops(DropReason.SendFailed) == 1, "counted");
            alice.Send("alice is not disturbed");
        }

        bob.Send("heard");
        Assert.Equal("heard", alice.ReceiveText());
        Assert.Equal(1, bob.Statistics.DatagramsIn);
    }

    [Fact]
    public void A_port_that_cannot_be_opened_says_why_and_takes_no_number()
    {
        using var room = new Room(Carrier.Linux, ports: 2);
        room.Join("127.0.0.1");
        PortOpening opening;
        using (new NoMoreDescriptors())
            opening = room.Plane.Open(new PortRequest(room.Id, new ServiceName("video"), IPAddress.IPv6Loopback));
        Assert.NotEmpty(Assert.IsType<PortOpening.Failed>(opening).Reason);
        Assert.Equal((1, 1), (room.Plane.Read().PortsInUse, room.Plane.Read().PortsFree));
    }

    private sealed class NoMoreDescriptors : IDisposable
    {
        private readonly Limit _before;

        public NoMoreDescriptors()
        {
            Assert.Equal(0, Get(LimitOfFiles, out _before));
            Limit now = _before with { Soft = 0 };
            Assert.Equal(0, Set(LimitOfFiles, in now));
        }

        public void Dispose() => Assert.Equal(0, Set(LimitOfFiles, in _before));

        [DllImport("libc", EntryPoint = "getrlimit"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int Get(int resource, out Limit limit);

        [DllImport("libc", EntryPoint = "setrlimit"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int Set(int resource, in Limit limit);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(ulong Soft, ulong Hard);
}
