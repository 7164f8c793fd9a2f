using System.Net;
using Conference.Media.Trunks;

namespace Conference.Media.Tests.Trunks;

/// <summary>Offers, and what is done with those of others.</summary>
public sealed class TrunkTableTests
{
    private static readonly PeerId _peer = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly IPEndPoint _here = new(IPAddress.Parse("10.0.0.1"), 4330);
    private static readonly IPEndPoint _there = new(IPAddress.Parse("10.0.0.2"), 4330);

    private readonly TrunkTable _table = new([_here]);
    private readonly TrunkTable _other = new([_there]);

    [Fact]
    public void Every_offer_is_another_key_under_another_index()
    {
        TrunkOffer[] offers = [.. Enumerable.Range(0, 50).Select(_ => _table.Offer(_peer))];
        Assert.Equal(50, offers.Select(o => o.Index).Distinct().Count());
        Assert.Equal(50, offers.Select(o => Convert.ToHexString([.. o.Secret])).Distinct().Count());
        Assert.All(offers, o => Assert.Equal([_here], o.Endpoints));
    }

    [Fact]
    public void A_peer_may_send_by_its_newest_key_and_by_the_one_before()
    {
        TrunkOffer first = Offer(use: 10);
        TrunkOffer second = Offer(use: 1);
        Assert.NotNull(_table.KeyOf(first.Index));
        TrunkOffer third = Offer(use: 0);
        Assert.Null(_table.KeyOf(first.Index));
        Assert.NotNull(_table.KeyOf(second.Index));
        Assert.NotNull(_table.KeyOf(third.Index));
    }

    [Fact]
    public void Offers_that_never_arrive_do_not_take_the_key_that_is_in_use_away()
    {
        TrunkOffer inUse = Offer(use: 10);
        TrunkOffer[] lost = [.. Enumerable.Range(0, 5).Select(_ => Offer(use: 0))];
        Assert.NotNull(_table.KeyOf(inUse.Index));
        Assert.Equal([false, false, false, false, true], lost.Select(o => _table.KeyOf(o.Index) is not null));
    }

    [Fact]
    public void A_closed_peer_is_forgotten_with_its_keys()
    {
        TrunkOffer offer = Offer(use: 1);
        Assert.True(_table.Open(_peer, _other.Offer(_peer)));
        Assert.True(Assert.Single(_table.Read()).IsOpen);
        _table.Close(_peer);
        Assert.Null(_table.KeyOf(offer.Index));
        Assert.Empty(_table.Read());
        _table.Close(_peer);
    }

    [Fact]
    public void A_closed_peer_that_routes_still_name_is_there_until_they_do_not()
    {
        TrunkPeer peer = _table.Use(_peer);
        Assert.True(_table.Open(_peer, _other.Offer(_peer)));
        Assert.NotNull(peer.SendingKeyOf(0));
        _table.Close(_peer);
        Assert.Null(peer.SendingKeyOf(0));
        Assert.False(Assert.Single(_table.Read()).IsOpen);
        _table.Release(peer);
        Assert.Empty(_table.Read());
    }

    [Fact]
    public void No_offer_is_ever_opened_twice_since_counters_would_begin_anew()
    {
        TrunkOffer offer = _other.Offer(_peer);
        Assert.True(_table.Open(_peer, offer));
        SendingKey? key = _table.Use(_peer).SendingKeyOf(0);
        Assert.False(_table.Open(_peer, offer));
        Assert.Same(key, _table.Use(_peer).SendingKeyOf(0));
        Assert.True(_table.Open(_peer, _other.Offer(_peer)));
        Assert.False(_table.Open(_peer, offer));
        _table.Close(_peer);
        Assert.False(_table.Open(_peer, offer));
    }

    [Fact]
    public void An_offer_that_cannot_be_changes_nothing()
    {
        TrunkOffer good = _other.Offer(_peer);
        Assert.False(_table.Open(_peer, good with { Secret = default }));
        Assert.False(_table.Open(_peer, good with { Secret = [.. good.Secret[1..]] }));
        Assert.False(_table.Open(_peer, good with { Endpoints = default }));
        Assert.False(_table.Open(_peer, good with { Endpoints = [] }));
        Assert.False(_table.Open(_peer, good with { Endpoints = [.. Enumerable.Repeat(_there, 257)] }));
        Assert.False(_table.Open(_peer, good with { Endpoints = [_there, new IPEndPoint(IPAddress.Parse("10.0.0.2"), 0)] }));
        Assert.False(_table.Open(_peer, good with { Endpoints = [new IPEndPoint(IPAddress.Any, 1)] }));
        Assert.False(_table.Open(_peer, good with { Endpoints = [new IPEndPoint(IPAddress.Parse("fd00::1"), 1)] }));
        Assert.Empty(_table.Read());
        Assert.True(_table.Open(_peer, good with { Endpoints = [new IPEndPoint(IPAddress.Parse("::ffff:10.0.0.2"), 1)] }));
    }

    [Fact]
    public void An_offer_never_shows_its_secret() =>
        Assert.DoesNotContain(Convert.ToHexString([.. _table.Offer(_peer).Secret])[..8], _table.Offer(_peer).ToString(), StringComparison.OrdinalIgnoreCase);

    private TrunkOffer Offer(uint use)
    {
        TrunkOffer offer = _table.Offer(_peer);
        if (use > 0)
            Assert.True(_table.KeyOf(offer.Index)![0].TryTake(new TrunkHeader(offer.Index, 0, use)));
        return offer;
    }
}
