using System.Text;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Persistence;

/// <summary>Whose events: one per entity, for ever. At most <see cref="MaxBytes"/> UTF-8 bytes, never empty.</summary>
public readonly record struct PersistenceId
{
    public const int MaxBytes = 200;

    private readonly string? _value;

    /// <exception cref="ArgumentException">Empty, too long, or not text.</exception>
    public PersistenceId(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        if (Encoding.UTF8.GetByteCount(value) > MaxBytes || value.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"A persistence id is 1 to {MaxBytes} bytes of text", nameof(value));
        _value = value;
    }

    public static PersistenceId User(Name name) => new($"user/{name}");

    public static PersistenceId Room(Name name) => new($"room/{name}");

    public override string ToString() => _value ?? "";
}
