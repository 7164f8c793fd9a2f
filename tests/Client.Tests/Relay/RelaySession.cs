using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Framing;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Client.Tests.Relay;

/// <summary>One TCP session of the relay, on the protocol's own session machine.</summary>
public sealed class RelaySession(FakeRelay relay, Socket socket, Name guest)
{
    private readonly SessionMachine _machine = new(new SessionPolicy(new ServedHosts(["*"], []), false), guest, "127.0.0.1");
    private readonly Lock _lock = new();

    // Read without the lock: two sessions that list each other would wait for each other.
    private volatile object _identity = guest;

    public Name Identity => (Name)_identity;

    public async Task RunAsync()
    {
        try
        {
            Do(m => m.Start());
            var reader = PipeReader.Create(new NetworkStream(socket, ownsSocket: true));
            var framer = new LineFramer();
            while (true)
            {
                var result = await reader.ReadAsync();
                var buffer = result.Buffer;
                while (framer.TryRead(ref buffer, out var line, out var kind))
                {
                    var command = CommandParser.Parse(line, kind);
                    Do(m => m.Receive(command));
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                    return;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The client is gone.
        }
        finally
        {
            relay.Leave(this);
        }
    }

    public void Notify(SessionNotice notice) => Do(m => m.Notify(notice));

    /// <summary>A line nobody asked for, beside the machine.</summary>
    public void Tell(Reply reply)
    {
        lock (_lock)
            Write(reply);
    }

    public void End(string reason) => Do(m => m.End(reason));

    private void Do(Action<SessionMachine> input)
    {
        List<Action> outside = [];
        lock (_lock)
        {
            input(_machine);
            while (_machine.TryTake(out var output))
                Perform(output, outside);
            _identity = _machine.Identity;
        }

        // Telling others takes their locks, so ours must be free.
        outside.ForEach(a => a());
    }

    private void Perform(SessionOutput output, List<Action> outside)
    {
        switch (output)
        {
            case SessionOutput.Line line:
                Write(line.Reply);
                break;
            case SessionOutput.Ask ask:
                var (outcome, after) = relay.Answer(this, _machine.Identity, ask.Request);
                outside.Add(after);
                _machine.Complete(outcome);
                break;
            case SessionOutput.Say say:
                var sender = _machine.Identity;
                outside.Add(() => relay.Say(this, sender, say));
                break;
            case SessionOutput.Close:
                socket.Shutdown(SocketShutdown.Send);
                break;
        }
    }

    private void Write(Reply reply)
    {
        var bytes = new ArrayBufferWriter<byte>();
        ReplyWriter.Write(bytes, reply);
        try
        {
            socket.Send(bytes.WrittenSpan);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client is gone; the reader will see it too.
        }
    }
}
