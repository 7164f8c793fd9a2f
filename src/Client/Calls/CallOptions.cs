using Conference.Client.Connections;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Recording;

namespace Conference.Client.Calls;

/// <summary>One call.</summary>
/// <param name="Room">Whom or what to join.</param>
public sealed record CallOptions(QcvcAddress Room)
{
    /// <summary>Who to be; null stays a guest.</summary>
    public SignIn? SignIn { get; init; }

    /// <summary>What the room wants to be shown; null shows nothing.</summary>
    public string? RoomPassword { get; init; }

    /// <summary>By which one passes the lobby and the password; null for none.</summary>
    public string? Invitation { get; init; }

    /// <summary>How to reach the server; its clock is <see cref="Clock"/>.</summary>
    public QcvcClientOptions Connection { get; init; } = QcvcClientOptions.Default;

    public VideoOptions? Video { get; init; } = new();

    public AudioOptions? Audio { get; init; } = new();

    /// <summary>Null stays until told to leave.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How long to try to come back when the connection is lost, or its server has stopped; zero does not try.</summary>
    public TimeSpan ComeBackWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Null records nothing.</summary>
    public RecordOptions? Record { get; init; }

    /// <summary>A window for each member's picture.</summary>
    public bool Play { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
