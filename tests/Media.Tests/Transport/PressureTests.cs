using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Transport;

/// <summary>Members that send too much, read too little, or are gone.</summary>
public sealed class PressureTests
{
    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void A_flooding_port_does_not_starve_another(Carrier carrier)
    {
        using var room = new Room(carrier, loops: 1);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        Member flooder = room.Join("127.0.0.3", "flood");
        room.Join("127.0.0.4", "flood");
        using var stop = new CancellationTokenSource();
        var flood = new Thread(() =>
        {
            byte[] datagram = new byte[1200];
            while (!stop.IsCancellationRequested)
                flooder.Send(datagram);
        });
        flood.Start();
        for (int i = 0; i < 200; i++)
        {
            alice.Send($"{i}");
            Assert.Equal($"{i}", bob.ReceiveText());
        }

        stop.Cancel();
        flood.Join();
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void A_receiver_that_does_not_read_costs_the_others_nothing(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        Member deaf = room.Join("127.0.0.3", receiveBuffer: 4096);
        for (int i = 0; i < 1000; i++)
        {
            alice.Send($"{i}");
            Assert.Equal($"{i}", bob.ReceiveText());
        }

        // On loopback the kernel drops at the receiver's own buffer, and the sender is not told.
        Assert.InRange(deaf.Socket.Drain().Count, 1, 999);
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void A_receiver_whose_program_is_gone_costs_the_others_nothing(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member gone = room.Join("127.0.0.3");
        Member bob = room.Join("127.0.0.2");
        gone.Socket.Dispose();
        for (int i = 0; i < 200; i++)
        {
            alice.Send($"{i}");
            Assert.Equal($"{i}", bob.ReceiveText());
        }

        if (carrier != Carrier.Portable)
            Room.Until(() => room.Drops(DropReason.ReceiverGone) >= 199 && gone.Statistics.Dropped >= 199, "counted");
    }
}
