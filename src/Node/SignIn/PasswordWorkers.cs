namespace Conference.Node.SignIn;

/// <summary>
/// Does the hasher's slow work: at most one password per core at a time, each on a thread of its own so that the pool's stay free,
/// and with a queue so short that whoever is let into it is answered before its client gives up.
/// </summary>
public sealed class PasswordWorkers(PasswordHasher hasher, int cores) : IDisposable
{
    /// <summary>Passwords that may wait per core: at a tenth of a second each, the last waits under two seconds.</summary>
    public const int QueuedPerCore = 16;

    private readonly SemaphoreSlim _free = new(cores);
    private readonly int _most = cores * (1 + QueuedPerCore);
    private int _inside;

    /// <summary>Passwords that wait for a core now.</summary>
    public int Waiting => Math.Max(0, Volatile.Read(ref _inside) - cores);

    /// <returns>Null when too many wait already.</returns>
    public Task<bool?> VerifyAsync(string password, string? hash) => RunAsync<bool?>(() => hasher.Verify(password, hash));

    /// <returns>Null when too many wait already.</returns>
    public Task<string?> HashAsync(string password) => RunAsync<string?>(() => hasher.Hash(password));

    public void Dispose() => _free.Dispose();

    private async Task<T?> RunAsync<T>(Func<T> work)
    {
        if (Interlocked.Increment(ref _inside) > _most)
        {
            Interlocked.Decrement(ref _inside);
            return default;
        }

        try
        {
            await _free.WaitAsync();
            try
            {
                return await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            finally
            {
                _free.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
