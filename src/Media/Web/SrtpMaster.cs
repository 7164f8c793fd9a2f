namespace Conference.Media.Web;

/// <summary>The secrets of one direction, from which its session keys are derived.</summary>
internal sealed record SrtpMaster(SrtpProfile Profile, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Salt)
{
    /// <summary>The label under which DTLS exports them.</summary>
    public const string ExportLabel = "EXTRACTOR-dtls_srtp";

    /// <summary>Takes apart what a handshake has exported (RFC 5764 section 4.2).</summary>
    /// <remarks><code>| key of the client | key of the server | salt of the client | salt of the server |</code></remarks>
    /// <param name="exported"><see cref="SrtpProfile.ExportBytes"/> bytes.</param>
    public static (SrtpMaster Client, SrtpMaster Server) Split(SrtpProfile profile, ReadOnlySpan<byte> exported)
    {
        const int Key = SrtpProfile.KeyBytes;
        int salt = profile.SaltBytes;
        ReadOnlySpan<byte> salts = exported[(2 * Key)..];
        return (
            new SrtpMaster(profile, exported[..Key].ToArray(), salts[..salt].ToArray()),
            new SrtpMaster(profile, exported.Slice(Key, Key).ToArray(), salts.Slice(salt, salt).ToArray()));
    }

    // A record would print its members.
    public override string ToString() => Profile.Name;
}
