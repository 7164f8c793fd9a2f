namespace Conference.Media.Web;

/// <summary>One session key at work, for one thread. Knows nothing of packets.</summary>
internal interface ISrtpCipher : IDisposable
{
    /// <summary>Seals out of place, or in place where <paramref name="sealed"/> is <paramref name="plain"/> itself; nothing between.</summary>
    /// <param name="nonce">Never used before under this key.</param>
    /// <param name="header">Authenticated, not hidden.</param>
    /// <param name="trailer">The same; stands behind the text.</param>
    /// <param name="plain">What is hidden.</param>
    /// <param name="sealed">As long as it is.</param>
    /// <param name="tag">Written.</param>
    /// <returns>False when the library would not: nothing may be sent.</returns>
    bool TrySeal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> plain, Span<byte> @sealed, Span<byte> tag);

    /// <summary>The way back, in place or out of it as above.</summary>
    /// <returns>False when it was not sealed so; what is in <paramref name="plain"/> is then nothing.</returns>
    bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> @sealed, Span<byte> plain, ReadOnlySpan<byte> tag);
}
