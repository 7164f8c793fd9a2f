using System.Net;

namespace Conference.Node.Links;

/// <summary>What node links log; ids from 4400. Addresses here are those of machines on the cluster's port.</summary>
internal static partial class LinkLog
{
    [LoggerMessage(4400, LogLevel.Information, "node links are taken at {EndPoint}")]
    public static partial void Listening(ILogger logger, EndPoint endPoint);

    [LoggerMessage(4401, LogLevel.Information, "link to node {Name} ({Node}) is up: release {Release}, protocol {Protocol}")]
    public static partial void Up(ILogger logger, string name, string node, string release, int protocol);

    [LoggerMessage(4402, LogLevel.Information, "link to node {Name} ({Node}) is down: {Why}")]
    public static partial void Down(ILogger logger, string name, string node, string why);

    [LoggerMessage(4403, LogLevel.Warning, "link to node {Name} ({Node}) was cut: {Why}")]
    public static partial void Cut(ILogger logger, string name, string node, string why);

    [LoggerMessage(4404, LogLevel.Error, "link to node {Name} ({Node}) was cut: a message could not be handled")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, string name, string node);

    [LoggerMessage(4405, LogLevel.Warning, "a node link from {Address} was refused: {Why}")]
    public static partial void RefusedFrom(ILogger logger, IPAddress address, string why);

    [LoggerMessage(4406, LogLevel.Warning, "no link to node {Name} at {EndPoint}: {Why}")]
    public static partial void NoLinkTo(ILogger logger, string name, EndPoint endPoint, string why);

    [LoggerMessage(4407, LogLevel.Information, "Cluster:Certificate was read again, it expires {NotAfter:u}")]
    public static partial void CertificateReloaded(ILogger logger, DateTime notAfter);

    [LoggerMessage(4408, LogLevel.Warning, "Cluster:Certificate, Cluster:Key or Cluster:Authority has changed and cannot be used, what they were stays: {Why}")]
    public static partial void CertificateBad(ILogger logger, string why);
}
