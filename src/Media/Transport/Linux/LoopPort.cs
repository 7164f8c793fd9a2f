using System.Net;
using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>A port that loops carry.</summary>
/// <param name="home">The loop its room lives on.</param>
internal abstract class LoopPort(PortId id, RoomService service, AddressKey client, IPAddress address, int number, LinuxMediaLoop home)
    : ClientPort(id, service, client, address, number)
{
    /// <summary>The loop its room lives on, which receives from its client.</summary>
    public LinuxMediaLoop Home { get; } = home;

    /// <summary>The loop that sends to its client. Set before anything is sent; changed by <see cref="Home"/> only, from itself to another.</summary>
    public LinuxMediaLoop Outlet { get; set; } = home;
}
