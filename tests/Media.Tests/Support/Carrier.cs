using Conference.Media.Transport;

namespace Conference.Media.Tests.Support;

/// <summary>Which transport a test runs on; every behaviour is tested on all.</summary>
public enum Carrier
{
    /// <summary>With whatever offload this kernel has.</summary>
    Linux,

    /// <summary>Without.</summary>
    LinuxPlain,

    Portable,
}

internal static class Carriers
{
    internal static TransportKind Kind(this Carrier carrier) => carrier == Carrier.Portable ? TransportKind.Portable : TransportKind.Linux;

    internal static OffloadMode Offload(this Carrier carrier) => carrier == Carrier.LinuxPlain ? OffloadMode.Off : OffloadMode.Auto;
}
