using System.Net;

namespace Conference.Media.Trunks;

/// <summary>Where one loop of a peer listens.</summary>
/// <param name="Name">As the system's calls take it.</param>
/// <param name="Place">A small number that is its own, as far as there are any: what is remembered of its path is remembered under that.</param>
internal sealed record TrunkAddress(SocketAddress Name, int Place);
