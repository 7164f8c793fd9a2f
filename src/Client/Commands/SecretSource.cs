using System.Text;
using Conference.Client.Connections;

namespace Conference.Client.Commands;

/// <summary>
/// Where a password or a token comes from: a file or the environment, never an argument, which every user of the machine can read.
/// Both together make no sense, but a file goes before the environment.
/// </summary>
internal static class SecretSource
{
    public const string PasswordVariable = "QCVC_PASSWORD";

    public const string TokenVariable = "QCVC_TOKEN";

    public const string RoomPasswordVariable = "QCVC_ROOM_PASSWORD";

    /// <summary>More than fits into a line.</summary>
    private const int MaxBytes = 4096;

    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    /// <returns>Null for a guest.</returns>
    /// <exception cref="UsageException">The parts do not go together, or a file holds none.</exception>
    public static SignIn? Read(string? name, string? passwordFile, string? tokenFile, Func<string, string?> environment)
    {
        string? password = passwordFile is null ? null : ReadFile(passwordFile, "--password-file");
        string? token = tokenFile is null ? null : ReadFile(tokenFile, "--token-file");
        if (password is null && token is null)
            (password, token) = (NotEmpty(environment(PasswordVariable)), NotEmpty(environment(TokenVariable)));
        return (name, password, token) switch
        {
            (_, not null, not null) => throw new UsageException("a password and a token are one too many"),
            (null, not null, null) => throw new UsageException("a password wants a --name"),
            (not null, null, not null) => throw new UsageException("a token says the name itself: leave --name away"),
            ({ } user, { } secret, null) => SignIn.Password(user, secret),
            (null, null, { } secret) => SignIn.Token(secret),
            ({ } user, null, null) => SignIn.Anonymous(user),
            _ => null,
        };
    }

    /// <returns>Null for none.</returns>
    /// <exception cref="UsageException">The file holds none.</exception>
    public static string? ReadRoomPassword(string? file, Func<string, string?> environment) =>
        file is null ? NotEmpty(environment(RoomPasswordVariable)) : ReadFile(file, "--room-password-file");

    /// <summary>The file's one line; an editor's line break at its end is not part of it. A pipe will do.</summary>
    private static string ReadFile(string path, string option)
    {
        try
        {
            using var file = File.OpenRead(path);
            byte[] bytes = new byte[MaxBytes + 1];
            int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            string text = _strict.GetString(bytes, 0, count);
            text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
            return count <= MaxBytes && text.Length > 0 && !text.Any(char.IsControl)
                ? text
                : throw new UsageException($"{option} {path}: it must hold one line, and nothing else");
        }
        catch (DecoderFallbackException)
        {
            // Its message quotes the bytes it did not like, and they are secret.
            throw new UsageException($"{option} {path}: this is not UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{option} {path}: {e.Message}");
        }
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
