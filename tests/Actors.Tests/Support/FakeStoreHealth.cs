namespace Conference.Actors.Tests.Support;

/// <summary>Says what the test says.</summary>
public sealed class FakeStoreHealth : IStoreHealth
{
    private volatile bool _isWell = true;

    public bool IsWell
    {
        get => _isWell;
        set => _isWell = value;
    }
}
