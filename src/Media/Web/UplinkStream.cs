namespace Conference.Media.Web;

/// <summary>One quality of what a browser sends on one line.</summary>
/// <param name="service">What it carries.</param>
/// <param name="shown">By which the room knows it.</param>
internal sealed class UplinkStream(ServiceName service, uint shown)
{
    private const long Unknown = -1;

    private long _own = Unknown;

    public ServiceName Service => service;

    public uint Shown => shown;

    /// <summary>The browser's own SSRC; null before its first packet. From any thread.</summary>
    public uint? Own
    {
        get => Volatile.Read(ref _own) is not Unknown and long own ? (uint)own : null;
        set => Volatile.Write(ref _own, value ?? Unknown);
    }

    /// <summary>What of it has not come.</summary>
    public MissingNumbers Missing { get; } = new();
}
