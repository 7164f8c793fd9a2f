using Google.Protobuf;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>As much of what Akka's remoting writes as the tests must know: who introduces itself, or which message it is.</summary>
/// <param name="Origin">Of a handshake: host and port of who begins it.</param>
/// <param name="Serializer">Of a message; 0 for everything else.</param>
/// <param name="Manifest">Of a message.</param>
internal readonly record struct WireFrame(string? Origin, int Serializer, string Manifest)
{
    /// <summary>Akka's, for a message to a path.</summary>
    private const int SelectionSerializer = 6;

    public static WireFrame Read(ByteString frame)
    {
        var input = frame.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            switch (tag >> 3)
            {
                case 1:
                    return ReadContainer(input.ReadBytes());
                case 2:
                    return new WireFrame(ReadOrigin(input.ReadBytes()), 0, "");
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return new WireFrame(null, 0, "");
    }

    private static string? ReadOrigin(ByteString control) =>
        Field(control, 2) is { } handshake && Field(handshake, 1) is { } address ? $"{Field(address, 2)!.ToStringUtf8()}:{Number(address, 3)}" : null;

    private static WireFrame ReadContainer(ByteString container) =>
        Field(container, 2) is { } envelope && Field(envelope, 2) is { } payload ? ReadPayload(payload) : new WireFrame(null, 0, "");

    private static WireFrame ReadPayload(ByteString payload)
    {
        int serializer = (int)Number(payload, 2);
        if (serializer == SelectionSerializer && Field(payload, 1) is { } selection && Field(selection, 1) is { } told)
            return ReadPayload(told);
        return new WireFrame(null, serializer, Field(payload, 3)?.ToStringUtf8() ?? "");
    }

    private static ByteString? Field(ByteString message, int number)
    {
        var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag >> 3 == number && (tag & 7) == 2)
                return input.ReadBytes();
            input.SkipLastField();
        }

        return null;
    }

    private static ulong Number(ByteString message, int number)
    {
        var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag >> 3 == number && (tag & 7) == 0)
                return input.ReadUInt64();
            input.SkipLastField();
        }

        return 0;
    }
}
