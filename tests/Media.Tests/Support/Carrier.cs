using Conference.Media.Transport;

namespace Conference.Media.Tests.Support;

/// <summary>Which transport a test runs on; every behaviour is tested on both.</summary>
public enum Carrier
{
    Linux,
    Portable,
}

internal static class Carriers
{
    internal static TransportKind Kind(this Carrier carrier) => carrier == Carrier.Linux ? TransportKind.Linux : TransportKind.Portable;
}
