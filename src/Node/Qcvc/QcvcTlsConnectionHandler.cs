using Microsoft.AspNetCore.Connections;

namespace Conference.Node.Qcvc;

/// <summary>Every TCP connection to <c>Qcvc:TlsPort</c>: TLS from the first byte, then as on <c>Qcvc:Port</c>.</summary>
public sealed class QcvcTlsConnectionHandler(QcvcConnectionHandler sessions) : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) => sessions.ServeAsync(connection, beginsWithTls: true);
}
