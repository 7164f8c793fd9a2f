using System.Net;
using Conference.Media.Web;

namespace Conference.Node.Web.Sdp;

/// <summary>How a browser reaches this node: one address, one number, by UDP, by TCP or by both.</summary>
/// <param name="Ufrag">By which its checks are known to be its.</param>
/// <param name="Password">By which it signs them.</param>
/// <param name="Fingerprint">Of this node's certificate.</param>
/// <param name="Address">As the browser sees it.</param>
/// <param name="HasTcp">Datagrams in frames (RFC 4571), for networks without UDP.</param>
internal sealed record AnswerTransport(string Ufrag, string Password, CertificateFingerprint Fingerprint, IPAddress Address, int Port, bool HasUdp, bool HasTcp);
