namespace Conference.Media.Web;

/// <summary>The STUN attributes that matter here (RFC 8489 section 18.3, RFC 8445 section 16.1).</summary>
internal static class StunAttribute
{
    public const ushort Username = 0x0006;
    public const ushort MessageIntegrity = 0x0008;
    public const ushort XorMappedAddress = 0x0020;
    public const ushort Priority = 0x0024;
    public const ushort UseCandidate = 0x0025;
    public const ushort Fingerprint = 0x8028;

    /// <summary>Those from 0x8000 on may be passed over by who does not know them.</summary>
    public static bool IsKnownOrOptional(ushort type) => type >= 0x8000 || type is Username or MessageIntegrity or XorMappedAddress or Priority or UseCandidate;
}
