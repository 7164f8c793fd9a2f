namespace Conference.Protocol.Session;

/// <summary>What a session may rely on about the connection it lives on. A connection that starts TLS becomes another session.</summary>
/// <param name="IsEncrypted">Nobody between the client and here reads along.</param>
/// <param name="IsLocal">The client is on this machine: there is nobody between.</param>
/// <param name="CanStartTls">STLS works: there is a certificate, and TLS is not on yet.</param>
public readonly record struct LinkSecurity(bool IsEncrypted, bool IsLocal, bool CanStartTls)
{
    /// <summary>A password may be said.</summary>
    public bool KeepsSecrets => IsEncrypted || IsLocal;
}
