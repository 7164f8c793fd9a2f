namespace Conference.Media.Transport.OpenSsl;

internal enum DtlsState
{
    Handshaking,

    /// <summary>There are keys.</summary>
    Connected,

    /// <summary>One side has said goodbye.</summary>
    Closed,

    /// <summary>There will never be keys; <see cref="DtlsSession.Failure"/> says why.</summary>
    Failed,
}
