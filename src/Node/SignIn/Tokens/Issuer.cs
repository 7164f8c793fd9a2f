using Conference.Node.Files;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Conference.Node.SignIn.Tokens;

/// <summary>
/// An issuer and its keys, by OpenID Connect discovery: its configuration says where they are. They are asked for once before the node listens, then every
/// five minutes, and when a token came that none of them was for. While they cannot be had, what was known stays.
/// </summary>
public sealed class Issuer : BackgroundService, IConfigurationRetriever<KeySet>
{
    /// <summary>How soon an issuer is asked again that could not be, and for the sake of tokens whose key is not known.</summary>
    private static readonly TimeSpan _again = TimeSpan.FromSeconds(5);

    private readonly string _authority;
    private readonly ILogger _log;
    private readonly HttpClient _http;
    private readonly ConfigurationManager<KeySet> _manager;
    private volatile KeySet _current = new([], []);
    private string? _text;
    private string? _problem;

    /// <param name="authority"><c>Auth:Authority</c></param>
    /// <param name="log">Told when the keys change, and once when they cannot be had.</param>
    public Issuer(string authority, ILogger log)
    {
        (_authority, _log) = (authority, log);
        // What a redirect leads to is not what the operator trusts.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = SmallFile.MaxBytes,
        };
        // Https is asked for here, by a rule that knows of loopback.
        var documents = new HttpDocumentRetriever(_http) { RequireHttps = false, SendAdditionalHeaderData = false };
        _manager = new ConfigurationManager<KeySet>($"{authority}/.well-known/openid-configuration", this, documents)
        {
            AutomaticRefreshInterval = ConfigurationManager<KeySet>.MinimumAutomaticRefreshInterval,
            RefreshInterval = _again,
        };
    }

    public IReadOnlyList<VerificationKey> Keys => _current.Keys;

    /// <summary>Whether nobody between can change what such a URL gives: https, or http on this machine.</summary>
    public static bool IsSafe(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    /// <summary>Has the keys asked for anew, and does not wait for them. Any number of calls asks no more than every five seconds.</summary>
    public void RequestRefresh() => _manager.RequestRefresh();

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    /// <exception cref="Exception">They cannot be had: whatever the network or a parser threw.</exception>
    async Task<KeySet> IConfigurationRetriever<KeySet>.GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel)
    {
        try
        {
            var configuration = OpenIdConnectConfiguration.Create(await retriever.GetDocumentAsync(address, cancel));
            if (configuration.Issuer?.TrimEnd('/') != _authority)
                throw new FormatException("its configuration is another issuer's");
            if (!IsSafe(configuration.JwksUri))
                throw new FormatException("its jwks_uri is not an https:// URL");
            string text = await retriever.GetDocumentAsync(configuration.JwksUri, cancel);
            var keys = KeyReader.ReadJwks(text, configuration.Issuer);
            if (text != _text || _problem is not null)
                AuthLog.IssuerRead(_log, keys);
            (_current, _text, _problem) = (keys, text, null);
            return keys;
        }
        catch (Exception e)
        {
            string problem = e.GetBaseException().Message;
            if (problem != _problem)
                AuthLog.IssuerAway(_log, problem);
            _problem = problem;
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_again);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        try
        {
            _ = await _manager.GetConfigurationAsync(cancel).WaitAsync(cancel);
        }
        catch (InvalidOperationException)
        {
            // There has never been one yet; why was logged.
        }
    }
}
