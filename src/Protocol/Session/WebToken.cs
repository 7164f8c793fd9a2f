namespace Conference.Protocol.Session;

/// <summary>By what a browser's session is found where its media is negotiated. Who knows it can end that media: it reaches nobody but the client.</summary>
/// <param name="Value">32 lower-case hexadecimal digits.</param>
public sealed record WebToken(string Value)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => nameof(WebToken);
}
