namespace FeatureService.Client.FanOut;

/// <summary>Lets one in at a time, in order. Who waits goes on in the call that lets him in, so that a simulation sees every step.</summary>
internal sealed class AsyncGate
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private bool _taken;

    /// <summary>Waits until nobody is in.</summary>
    public Task EnterAsync()
    {
        lock (_lock)
        {
            if (!_taken)
            {
                _taken = true;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource();
            _waiting.Enqueue(turn);
            return turn.Task;
        }
    }

    /// <summary>Lets the next one in.</summary>
    public void Leave()
    {
        TaskCompletionSource? next;
        lock (_lock)
        {
            _taken = _waiting.TryDequeue(out next);
        }

        next?.SetResult();
    }
}
