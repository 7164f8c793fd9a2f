using Conference.Actors.Cluster;

namespace Conference.Actors.Tests.Support;

/// <summary>Says what the test says.</summary>
public sealed class FakeGuard : IActingGuard
{
    private volatile bool _mayAct = true;

    public bool MayAct
    {
        get => _mayAct;
        set => _mayAct = value;
    }
}
