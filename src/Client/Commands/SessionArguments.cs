using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Conference.Client.Connections;

namespace Conference.Client.Commands;

/// <summary>How to reach the server and who to be there, the same for every command that holds one session.</summary>
internal sealed class SessionArguments
{
    private readonly Option<int> _port = Arguments.Port();
    private readonly Option<IPAddress?> _bind = Arguments.Bind();

    private readonly Option<string?> _name = new("--name")
    {
        Description = "sign in as this; without a password for as long as the session lasts",
        HelpName = "name",
    };

    private readonly Option<string?> _passwordFile = new("--password-file")
    {
        Description = $"sign in by the password in this file (or in {SecretSource.PasswordVariable})",
        HelpName = "file",
    };

    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = $"sign in by the token in this file (or in {SecretSource.TokenVariable})",
        HelpName = "file",
    };

    private readonly Option<string> _tls = Arguments.Choice(
        "--tls", "auto: where the server offers it and is not this machine; implicit: from the first byte", "auto", "off", "required", "implicit");

    private readonly Option<string?> _ca = new("--ca")
    {
        Description = "trust these roots (PEM) too",
        HelpName = "file",
    };

    public SessionArguments(Command command, Argument<string> address)
    {
        Address = address;
        command.Add(address);
        foreach (var option in (Option[])[_port, _bind, _name, _passwordFile, _tokenFile, _tls, _ca])
            command.Add(option);
    }

    public Argument<string> Address { get; }

    /// <exception cref="UsageException">It is no address.</exception>
    public QcvcAddress ReadAddress(ParseResult result) => Arguments.ReadAddress(result, Address, _port, needsName: true);

    /// <exception cref="UsageException">The roots cannot be read.</exception>
    public QcvcClientOptions ReadConnection(ParseResult result) => new()
    {
        LocalAddress = result.GetValue(_bind),
        Tls = Enum.Parse<TlsMode>(result.GetValue(_tls)!, ignoreCase: true),
        TrustedRoots = result.GetValue(_ca) is { } path ? ReadRoots(path) : [],
    };

    /// <returns>Null for a guest.</returns>
    /// <exception cref="UsageException">Name, password and token do not go together, or one cannot be read.</exception>
    public SignIn? ReadSignIn(ParseResult result)
    {
        string? said = result.GetValue(_name);
        if (said is not null && (said.Length == 0 || said.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))))
            throw new UsageException("--name must be one word");
        var signIn = SecretSource.Read(
            said is { } name ? ReadAddress(result).Qualify(name) : null, result.GetValue(_passwordFile), result.GetValue(_tokenFile), Environment.GetEnvironmentVariable);
        // They are not for ffmpeg, which would inherit them.
        Environment.SetEnvironmentVariable(SecretSource.PasswordVariable, null);
        Environment.SetEnvironmentVariable(SecretSource.TokenVariable, null);
        return signIn;
    }

    private static X509Certificate2Collection ReadRoots(string path)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"--ca {path}: {e.Message}");
        }

        return roots.Count > 0 ? roots : throw new UsageException($"--ca {path}: there is no PEM certificate in it");
    }
}
