namespace Conference.Media;

/// <summary>Small integers 0..Size-1 in first-in-first-out queues by use count: doubly linked lists threaded through arrays,
/// every step O(1) and without allocation (a new highest count apart).</summary>
internal sealed class NumberQueues
{
    private const int None = -1;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly int[] _count;
    private readonly bool[] _out;
    private readonly List<(int Head, int Tail)> _queues = [];

    // No queue below this one has anything in it.
    private int _lowest;

    public NumberQueues(int size)
    {
        (_next, _previous, _count, _out) = (new int[size], new int[size], new int[size], new bool[size]);
        for (int i = 0; i < size; i++)
            Append(i);
        Free = size;
    }

    public int Size => _next.Length;

    /// <summary>How many have count zero and are in.</summary>
    public int Free { get; private set; }

    public bool IsIn(int index) => !_out[index];

    /// <summary>The least used, longest waiting number, or -1.</summary>
    public int First()
    {
        while (_lowest < _queues.Count && _queues[_lowest].Head == None)
            _lowest++;
        return _lowest < _queues.Count ? _queues[_lowest].Head : None;
    }

    /// <summary>The one after <paramref name="index"/> in order of use, then of waiting; or -1.</summary>
    public int Next(int index)
    {
        if (_next[index] != None)
            return _next[index];
        for (int count = _count[index] + 1; count < _queues.Count; count++)
        {
            if (_queues[count].Head != None)
                return _queues[count].Head;
        }

        return None;
    }

    public void Raise(int index) => Recount(index, +1);

    public void Lower(int index) => Recount(index, -1);

    /// <summary>Keeps a number out of the order; its count goes on being kept.</summary>
    public void TakeOut(int index)
    {
        Unlink(index);
        _out[index] = true;
    }

    public void PutIn(int index)
    {
        _out[index] = false;
        Append(index);
        if (_count[index] == 0)
            Free++;
    }

    private void Recount(int index, int by)
    {
        if (!_out[index])
            Unlink(index);
        _count[index] += by;
        if (_out[index])
            return;
        Append(index);
        if (_count[index] == 0)
            Free++;
    }

    private void Append(int index)
    {
        int count = _count[index];
        while (_queues.Count <= count)
            _queues.Add((None, None));
        (int head, int tail) = _queues[count];
        (_next[index], _previous[index]) = (None, tail);
        if (tail == None)
            head = index;
        else
            _next[tail] = index;
        _queues[count] = (head, index);
        _lowest = Math.Min(_lowest, count);
    }

    private void Unlink(int index)
    {
        int count = _count[index];
        (int head, int tail) = _queues[count];
        (int previous, int next) = (_previous[index], _next[index]);
        if (previous == None)
            head = next;
        else
            _next[previous] = next;
        if (next == None)
            tail = previous;
        else
            _previous[next] = previous;
        _queues[count] = (head, tail);
        if (count == 0)
            Free--;
    }
}
