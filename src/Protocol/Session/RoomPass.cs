using System.Text;

namespace Conference.Protocol.Session;

/// <summary>What a client shows to be let into rooms. Both are secrets.</summary>
/// <param name="Password">As it was said; null for none.</param>
/// <param name="Invitation">As it was said; null for none.</param>
public sealed record RoomPass(string? Password = null, string? Invitation = null)
{
    /// <summary>Bytes of UTF-8.</summary>
    public const int MaxBytes = 256;

    /// <summary>The parameter of <see cref="Service.Session"/> that <see cref="Password"/> is.</summary>
    public const string PasswordName = "password";

    /// <summary>The parameter of <see cref="Service.Session"/> that <see cref="Invitation"/> is.</summary>
    public const string InvitationName = "invitation";

    public static RoomPass None { get; } = new();

    public static bool Has(Service service, string parameter) => service == Service.Session && parameter is PasswordName or InvitationName;

    /// <returns>Whether there is one: nobody is told which.</returns>
    public string Get(string parameter) => OnOff.ToText((parameter == PasswordName ? Password : Invitation) is not null);

    /// <returns>Null when the value cannot be.</returns>
    public RoomPass? With(string parameter, string value)
    {
        if (Encoding.UTF8.GetByteCount(value) > MaxBytes)
            return null;
        string? given = value == RoomSetting.None ? null : value;
        return parameter == PasswordName ? this with { Password = given } : this with { Invitation = given };
    }

    public override string ToString() => nameof(RoomPass);
}
