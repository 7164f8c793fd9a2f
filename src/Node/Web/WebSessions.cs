using System.Collections.Concurrent;
using System.Security.Cryptography;
using Conference.Protocol.Session;

namespace Conference.Node.Web;

/// <summary>The sessions of browsers on this node, by their tokens.</summary>
internal sealed class WebSessions
{
    private const int TokenBytes = 16;

    private readonly ConcurrentDictionary<string, WebSession> _byToken = new(StringComparer.Ordinal);

    public static WebToken NewToken() => new(RandomNumberGenerator.GetHexString(2 * TokenBytes, lowercase: true));

    public WebSession? Find(string token) => _byToken.GetValueOrDefault(token);

    /// <returns>Takes it out again.</returns>
    public IDisposable Add(WebToken token, WebSession session)
    {
        _byToken[token.Value] = session;
        return new Entry(this, token);
    }

    private sealed class Entry(WebSessions sessions, WebToken token) : IDisposable
    {
        public void Dispose() => sessions._byToken.TryRemove(token.Value, out _);
    }
}
