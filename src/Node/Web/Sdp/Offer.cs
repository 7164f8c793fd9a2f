using System.Diagnostics.CodeAnalysis;
using Conference.Media.Web;

namespace Conference.Node.Web.Sdp;

/// <summary>What a browser offers (RFC 8829): how to reach it safely, and m-lines.</summary>
internal sealed record Offer
{
    private static readonly (string Name, MediaDirection Direction)[] _directions =
    [
        ("sendrecv", MediaDirection.SendRecv), ("sendonly", MediaDirection.SendOnly), ("recvonly", MediaDirection.RecvOnly), ("inactive", MediaDirection.Inactive),
    ];

    private Offer(string iceUfrag, IReadOnlyList<CertificateFingerprint> fingerprints, IReadOnlyList<OfferedLine> lines, bool hasBundle)
    {
        IceUfrag = iceUfrag;
        Fingerprints = fingerprints;
        Lines = lines;
        HasBundle = hasBundle;
    }

    /// <summary>The browser's; its checks name it behind ours.</summary>
    public string IceUfrag { get; }

    /// <summary>One of these is the browser's certificate's.</summary>
    public IReadOnlyList<CertificateFingerprint> Fingerprints { get; }

    public IReadOnlyList<OfferedLine> Lines { get; }

    /// <summary>It names what shares a transport. One with a single line need not.</summary>
    public bool HasBundle { get; }

    /// <param name="problem">A sentence for whoever wrote it; empty where it is good.</param>
    public static bool TryRead(string sdp, [NotNullWhen(true)] out Offer? offer, out string problem)
    {
        offer = null;
        if (!SdpSession.TryParse(sdp, out SdpSession? session, out string wrong))
        {
            problem = $"The offer cannot be read: {wrong}.";
            return false;
        }

        problem = "";
        string? group = session.Attributes.FirstOrDefault(a => a.Name == "group" && a.Value.StartsWith("BUNDLE", StringComparison.Ordinal)).Value;
        HashSet<string> bundled = [.. (group ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        List<OfferedLine> lines = [];
        HashSet<string> mids = [];
        foreach (SdpMedia media in session.Media)
        {
            OfferedLine line = OfferedLineReader.Read(lines.Count, media, DirectionOf(session, media), mid => group is null ? session.Media.Count == 1 : bundled.Contains(mid));
            if (line.Mid.Length > 0 && (!SdpText.IsName(line.Mid) || !mids.Add(line.Mid)))
                problem = $"The offer's m-line {lines.Count + 1} has a mid that is no name, or another's.";
            lines.Add(line);
        }

        if (problem.Length > 0)
            return false;
        // On a bundled transport all lines say the same; the first that can be used speaks for them.
        SdpMedia? speaker = lines.FirstOrDefault(l => l.IsUsable)?.Media;
        string ufrag = Find(session, speaker, "ice-ufrag");
        List<CertificateFingerprint> fingerprints = [.. FingerprintsOf(session, speaker)];
        problem = (speaker, ufrag.Length, fingerprints.Count) switch
        {
            _ when lines.Count == 0 => "The offer has no m-line.",
            _ when group is null && lines.Count > 1 => "The offer has several m-lines and no BUNDLE group.",
            (null, _, _) => "The offer has no m-line for audio or video with BUNDLE, rtcp-mux and DTLS-SRTP.",
            (_, < 4, _) => "The offer has no a=ice-ufrag.",
            (_, _, 0) => "The offer has no a=fingerprint by sha-256, sha-384 or sha-512.",
            _ when Find(session, speaker, "setup") is not ("actpass" or "active") => "The offer has no a=setup:actpass: this server waits for the DTLS handshake.",
            _ => "",
        };
        if (problem.Length > 0)
            return false;
        offer = new Offer(ufrag, fingerprints, lines, group is not null);
        return true;
    }

    private static MediaDirection DirectionOf(SdpSession session, SdpMedia media)
    {
        foreach (IReadOnlyList<SdpAttribute> attributes in (IReadOnlyList<SdpAttribute>[])[media.Attributes, session.Attributes])
        {
            foreach (SdpAttribute attribute in attributes)
            {
                int known = Array.FindIndex(_directions, d => d.Name == attribute.Name);
                if (known >= 0)
                    return _directions[known].Direction;
            }
        }

        return MediaDirection.SendRecv;
    }

    // What stands under an m-line goes before what stands above all.
    private static string Find(SdpSession session, SdpMedia? media, string name) =>
        (media?.Attributes ?? []).Concat(session.Attributes).FirstOrDefault(a => a.Name == name).Value?.Trim() ?? "";

    private static IEnumerable<CertificateFingerprint> FingerprintsOf(SdpSession session, SdpMedia? media)
    {
        IEnumerable<SdpAttribute> own = (media?.Attributes ?? []).Where(a => a.Name == "fingerprint");
        foreach (SdpAttribute attribute in own.Any() ? own : session.Attributes.Where(a => a.Name == "fingerprint"))
        {
            if (CertificateFingerprint.TryParse(attribute.Value, out CertificateFingerprint? fingerprint))
                yield return fingerprint;
        }
    }
}
