namespace Conference.Media.Forwarding;

/// <summary>Numbers the services, so that counters are arrays: the first sixteen names one each, all later ones together. The two
/// everybody looks for come first, whatever names clients make up.</summary>
internal sealed class ServiceIndex
{
    public const int Named = 16;
    public const int Count = Named + 1;
    private const string Other = "other";

    private readonly List<ServiceName> _names = [new("video"), new("audio")];

    public int Of(ServiceName service)
    {
        int index = _names.IndexOf(service);
        if (index >= 0)
            return index;
        if (_names.Count == Named || service.Value == Other)
            return Named;
        _names.Add(service);
        return _names.Count - 1;
    }

    /// <summary>Every name given so far with its number.</summary>
    public IEnumerable<(ServiceName Service, int Index)> All()
    {
        for (int i = 0; i < _names.Count; i++)
            yield return (_names[i], i);
        yield return (new ServiceName(Other), Named);
    }
}
