namespace FeatureService.Client.Transport.Pods;

/// <summary>
/// A call that is made once for all who ask while it runs. Each waits for a task of its own: of several that wait for one task all but
/// one would go on in the thread pool, where no simulation could follow them.
/// </summary>
/// <param name="call">The call.</param>
internal sealed class SharedCall<T>(Func<Task<T>> call)
{
    private readonly Lock _lock = new();
    private List<TaskCompletionSource<T>>? _waiting;

    /// <summary>Makes the call, or waits for the one that runs.</summary>
    public Task<T> RunAsync()
    {
        var mine = new TaskCompletionSource<T>();
        lock (_lock)
        {
            if (_waiting is not null)
            {
                _waiting.Add(mine);
                return mine.Task;
            }

            _waiting = [mine];
        }

        _ = CallAsync();
        return mine.Task;
    }

    private async Task CallAsync()
    {
        try
        {
            var result = await call().ConfigureAwait(false);
            Take().ForEach(waiting => waiting.SetResult(result));
        }
        catch (Exception failure)
        {
            // Whoever asked gets it.
            Take().ForEach(waiting => waiting.SetException(failure));
        }
    }

    private List<TaskCompletionSource<T>> Take()
    {
        lock (_lock)
        {
            var taken = _waiting ?? [];
            _waiting = null;
            return taken;
        }
    }
}
