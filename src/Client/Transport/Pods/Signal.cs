namespace FeatureService.Client.Transport.Pods;

/// <summary>Tells all who wait that something has changed, each by a task of its own, as <see cref="SharedCall{T}"/> does.</summary>
internal sealed class Signal
{
    private readonly Lock _lock = new();
    private List<TaskCompletionSource> _waiting = [];

    /// <summary>Completes at the next change.</summary>
    public Task Next()
    {
        lock (_lock)
        {
            var mine = new TaskCompletionSource();
            _waiting.Add(mine);
            return mine.Task;
        }
    }

    /// <summary>Something has changed. Who waits may go on right here, so no lock may be held.</summary>
    public void Fire()
    {
        List<TaskCompletionSource> told;
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                return;
            }

            told = _waiting;
            _waiting = [];
        }

        told.ForEach(waiting => waiting.SetResult());
    }
}
