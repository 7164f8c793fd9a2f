using Conference.Client.Media.Rtp;

namespace Conference.Client.Media.Recording;

/// <summary>Where one member's streams go: a program that receives their RTP on local ports, and what it makes of them.</summary>
internal abstract class MemberOutput(string program)
{
    /// <summary>Its file name.</summary>
    public string Program => program;

    /// <summary>The file that it writes; empty where it writes none.</summary>
    public virtual string Path => "";

    /// <summary>It has made something, so that it is not started once more when it ends early.</summary>
    public abstract bool HasBegun { get; }

    /// <summary>How long it has to come to an end after its streams have.</summary>
    public abstract TimeSpan TimeToEnd { get; }

    /// <summary>It keeps tracks in step by their sender reports.</summary>
    public virtual bool ReadsReports => false;

    /// <summary>What has failed is tried again after a while.</summary>
    public virtual bool IsTriedAgain => false;

    /// <param name="sdpFile">Says where which stream is received.</param>
    /// <param name="streams">The same.</param>
    public abstract IReadOnlyList<string> Arguments(string sdpFile, IReadOnlyList<(PayloadFormat Format, int Port)> streams);
}

/// <summary>A Matroska file, by an ffmpeg that copies without decoding.</summary>
internal sealed class FileOutput(string ffmpeg, string directory, string name) : MemberOutput(ffmpeg)
{
    public override string Path { get; } = RecordingFiles.Reserve(directory, name);

    public override bool ReadsReports => true;

    public override bool IsTriedAgain => true;

    public override bool HasBegun => new FileInfo(Path).Length > 0;

    public override TimeSpan TimeToEnd => TimeSpan.FromSeconds(3);

    public override IReadOnlyList<string> Arguments(string sdpFile, IReadOnlyList<(PayloadFormat Format, int Port)> streams) =>
    [
        "-hide_banner", "-loglevel", "error", "-nostats", "-y",
        "-protocol_whitelist", "file,udp,rtp", "-localaddr", "127.0.0.1", "-buffer_size", "4194304",
        "-analyzeduration", "5000000", "-probesize", "20000000", "-f", "sdp", "-i", sdpFile,
        "-map", "0", "-c", "copy", "-f", "matroska", $"file:{Path}",
    ];
}
