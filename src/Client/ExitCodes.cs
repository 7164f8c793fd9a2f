namespace Conference.Client;

/// <summary>What <c>qcvc</c> ends with; docs/qcvc.md tells the user the same.</summary>
public static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>Refused, not there, lost, or failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line made no sense.</summary>
    public const int Usage = 2;

    /// <summary>An operator put the user out, or closed the room.</summary>
    public const int PutOut = 4;

    /// <summary>ffmpeg is needed and not installed.</summary>
    public const int FfmpegMissing = 3;
}
