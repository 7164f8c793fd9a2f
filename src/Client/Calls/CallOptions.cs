using System.Net;
using Conference.Client.Media.Ffmpeg;

namespace Conference.Client.Calls;

/// <summary>One call.</summary>
/// <param name="Room">Whom or what to join.</param>
public sealed record CallOptions(QcvcAddress Room)
{
    /// <summary>AUTH ANONYMOUS as this; null stays a guest.</summary>
    public string? Name { get; init; }

    public VideoOptions? Video { get; init; } = new();

    public AudioOptions? Audio { get; init; } = new();

    /// <summary>Null stays until told to leave.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Directory for a file per member; null records nothing.</summary>
    public string? RecordTo { get; init; }

    public IPAddress? LocalAddress { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
