namespace Conference.Client.Connections;

/// <summary>How a session says who it is. What it holds is shown to the server and to nobody else: no property, no text of it.</summary>
public sealed class SignIn
{
    private readonly Func<QcvcClient, CancellationToken, Task<string>> _say;

    private SignIn(Func<QcvcClient, CancellationToken, Task<string>> say) => _say = say;

    /// <summary>Whoever likes to be called so: AUTH ANONYMOUS.</summary>
    public static SignIn Anonymous(string name) => new((client, cancel) => client.AuthAnonymousAsync(name, cancel));

    /// <summary>The owner of an account: AUTH PLAIN.</summary>
    public static SignIn Password(string name, string password) => new((client, cancel) => client.AuthPlainAsync(name, password, cancel));

    /// <summary>Whoever the token says: AUTH BEARER.</summary>
    public static SignIn Token(string token) => new((client, cancel) => client.AuthBearerAsync(token, cancel));

    /// <returns>The name as the server writes it.</returns>
    /// <exception cref="QcvcException">Refused, or not said because somebody could have read it.</exception>
    public Task<string> SayAsync(QcvcClient client, CancellationToken cancel = default) => _say(client, cancel);
}
