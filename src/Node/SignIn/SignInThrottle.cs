using System.Net;
using Conference.Actors.Sessions.Limits;
using Conference.Protocol.Addresses;

namespace Conference.Node.SignIn;

/// <summary>
/// How often somebody may try to sign in. Pure: time comes in (any clock that only goes forward). Not for several threads at once.
/// <para>
/// An address (of IPv6, its /64: that is what one subscriber has) and an account each have some failures free; then every further
/// one doubles the time until the next try, up to a ceiling. An hour without a failure and all is forgotten.
/// </para>
/// <para>
/// Nobody can shut the owner of an account out by failing in its name: an address that has hardly failed itself does not wait for
/// the account's delay, only for its turn, one such try a second. So whoever guesses from few addresses is slowed down to the
/// ceilings, whoever has many gets <see cref="CleanFailures"/> guesses from each and one a second in all.
/// </para>
/// </summary>
public sealed class SignInThrottle(int capacity = 65_536)
{
    /// <summary>Failures an address has free: a whole office may be behind one.</summary>
    public const int FreePerAddress = 20;

    public const int FreePerAccount = 5;

    /// <summary>An address with fewer failures than this is not held up by what others do to the account.</summary>
    public const int CleanFailures = 3;

    public static readonly TimeSpan LongestForAddress = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan LongestForAccount = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private static readonly TimeSpan _step = TimeSpan.FromSeconds(1);

    private readonly RecentFailures<AddressBlock> _addresses = new(capacity);
    private readonly RecentFailures<Name> _accounts = new(capacity);

    /// <summary>Addresses and accounts remembered now.</summary>
    public int Remembered => _addresses.Count + _accounts.Count;

    /// <summary>
    /// May this be tried now? A try that may be made counts as failed from here on, so that a thousand at once are no way round; say
    /// <see cref="Succeeded"/> or <see cref="Withdraw"/> when it was none.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="client">Where it comes from.</param>
    /// <param name="account">In whose name; null where that is not known beforehand.</param>
    public bool MayTry(TimeSpan now, IPAddress client, Name? account)
    {
        var address = AddressBlock.Of(client);
        var ofAddress = _addresses.Read(address, now);
        if (now < ofAddress.Last + Delay(ofAddress.Count, FreePerAddress, LongestForAddress))
            return false;
        if (account is { } name)
        {
            var ofAccount = _accounts.Read(name, now);
            var delay = Delay(ofAccount.Count, FreePerAccount, LongestForAccount);
            if (ofAddress.Count < CleanFailures && delay > _step)
                delay = _step;
            if (now < ofAccount.Last + delay)
                return false;
            _accounts.Write(name, new Failures(ofAccount.Count + 1, now));
        }

        _addresses.Write(address, new Failures(ofAddress.Count + 1, now));
        return true;
    }

    /// <summary>It was right: the account's failures are forgotten, the address's are not (it may be somebody's with an account of their own).</summary>
    public void Succeeded(TimeSpan now, IPAddress client, Name? account)
    {
        _addresses.TakeBack(AddressBlock.Of(client), now);
        if (account is { } name)
            _accounts.Forget(name);
    }

    /// <summary>It was neither right nor wrong: nobody had the time to look.</summary>
    public void Withdraw(TimeSpan now, IPAddress client, Name? account)
    {
        _addresses.TakeBack(AddressBlock.Of(client), now);
        if (account is { } name)
            _accounts.TakeBack(name, now);
    }

    private static TimeSpan Delay(int failures, int free, TimeSpan longest) =>
        failures <= free ? TimeSpan.Zero
        : failures - free > 20 ? longest
        : TimeSpan.FromTicks(Math.Min(_step.Ticks << (failures - free - 1), longest.Ticks));
}
