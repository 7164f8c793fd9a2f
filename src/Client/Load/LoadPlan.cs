using System.Net;
using System.Numerics;

namespace Conference.Client.Load;

/// <summary>Who is in which room and who sends. Pure.</summary>
internal static class LoadPlan
{
    private const int SenderBits = 15;

    /// <summary>Senders of one room that fit a packet's sender field.</summary>
    public const int MaxSenders = 1 << SenderBits;

    public const int MaxRooms = 1 << (31 - SenderBits);

    /// <summary>Room of client i, and its place in it: dealt out like cards.</summary>
    public static (int Room, int Place) PlaceOf(int client, int rooms) => (client % rooms, client / rooms);

    public static int MembersOf(int room, int clients, int rooms) => (clients / rooms) + (room < clients % rooms ? 1 : 0);

    /// <summary>The sender field of a packet.</summary>
    public static int Join(int room, int sender) => (room << SenderBits) | sender;

    public static (int Room, int Sender) Split(int field) => (field >> SenderBits, field & (MaxSenders - 1));

    /// <summary>An address so many after the first, carrying over as a number does.</summary>
    public static IPAddress AddressAfter(IPAddress first, int steps)
    {
        byte[] bytes = first.GetAddressBytes();
        var number = new BigInteger(bytes, isUnsigned: true, isBigEndian: true) + steps;
        byte[] result = new byte[bytes.Length];
        byte[] sum = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        sum.CopyTo(result, result.Length - sum.Length);
        return new IPAddress(result);
    }
}
