using Conference.Media.Tests.Selection;
using Conference.Media.Tests.Support;

namespace Conference.Fuzz.Tests;

/// <summary>What inputs begin as: one of everything that is understood.</summary>
internal static class Corpus
{
    public static IReadOnlyList<byte[]> All { get; } =
    [
        .. new Vp8Source(1111, 0, 2, 1, 2).Next(),
        .. new Vp8Source(2222) { HasDescriptor = false }.Next(),
        Packets.Rtp(3333, 7, "payload", 111),
        [0x90, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 5, 0xBE, 0xDE, 0, 2, 0x10, 0x85, 0x22, 1, 2, 3, 0, 0, 1, 2, 3],
        [0x90, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 5, 0x10, 0x00, 0, 1, 1, 1, 0x85, 0, 1, 2, 3],
        [0xB2, 96, 0, 1, 0, 0, 0, 1, 0, 0, 4, 0x57, 0, 0, 0, 1, 0, 0, 0, 2, 0xBE, 0xDE, 0, 1, 0x10, 0x85, 0, 0, 0x90, 0xE0, 0x80, 1, 2, 3, 0x20, 0x11, 0, 2],
        [0x80, 102, 0, 1, 0, 0, 0, 1, 0, 0, 4, 0x57, 0x78, 0, 4, 0x67, 0x42, 0, 0x1F, 0, 2, 0x65, 0x88],
        [0x80, 102, 0, 1, 0, 0, 0, 1, 0, 0, 4, 0x57, 0x7C, 0x85, 0x88, 0, 0],
        [0x80, 98, 0, 1, 0, 0, 0, 1, 0, 0, 4, 0x57, 0xA8, 0x85, 0, 0x40, 1, 2],
        [0x80, 45, 0, 1, 0, 0, 0, 1, 0, 0, 4, 0x57, 0x18, 0x0A, 0x0B, 0, 0],
        .. new Av1Source(0x457).Next(),
        Packets.SenderReport(1111, 2, 3),
        [.. Packets.ReceiverReport(9, 1111), .. Packets.Rtcp(202, 2, 9, 0x01046A6F, 0x65000000, 8, 0x02016100)],
        Packets.Rtcp(203, 2, 1111, 9),
        Packets.Rtcp(204, 0, 1111, 0x4E414D45, 1),
        Packets.Rtcp(205, 1, 9, 1111, 0x0001FFFF),
        Packets.Rtcp(205, 15, 9, 1111, 1, 2),
        Packets.Pli(9, 1111),
        Packets.Rtcp(206, 4, 9, 0, 1111, 0x01000000),
        Packets.Rtcp(206, 15, 9, 0, 0x52454D42, 0x01FFFFFF, 1111),
        Packets.Rtcp(207, 0, 9, 0x01000002, 1111, 5, 0x05000003, 1111, 2, 3),
    ];
}
