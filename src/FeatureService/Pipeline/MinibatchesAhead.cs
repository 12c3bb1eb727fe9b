using System.Threading.Channels;
using FeatureService.Pipeline.Requests;
using FeatureService.Scheduling;

namespace FeatureService.Pipeline;

/// <summary>Computes parts of minibatches a little ahead of the one that is being sent, in the order in which they came.</summary>
/// <param name="flow">The stream's share of the workers.</param>
/// <param name="minibatches">The minibatches as they come.</param>
/// <param name="rowsMax">Rows of a part.</param>
/// <param name="work">Makes a part's work.</param>
/// <param name="aheadMax">Parts that are queued, running or done beside the one that was handed out.</param>
/// <param name="cancellation">Stops computing.</param>
internal sealed class MinibatchesAhead(
    WorkFlow flow,
    ChannelReader<ReadMinibatch> minibatches,
    int rowsMax,
    Func<MinibatchPart, RowsWork> work,
    int aheadMax,
    CancellationToken cancellation) : IAsyncDisposable
{
    private readonly WorkAhead<MinibatchPart> _ahead = new(aheadMax, cancellation);
    private IEnumerator<MinibatchPart> _parts = Enumerable.Empty<MinibatchPart>().GetEnumerator();
    private Task<bool>? _arrival;

    /// <summary>Begins as many parts as may be ahead.</summary>
    /// <returns>Whether one is queued, running or done.</returns>
    public bool Begin()
    {
        while (_ahead.HasRoom && MoveNext())
        {
            var part = _parts.Current;
            if (part.Minibatch.Failure is { } failure)
            {
                _ahead.Add(new PartWork<MinibatchPart>(part, null, Task.FromException(failure)));
                continue;
            }

            var started = work(part);
            _ahead.Add(new PartWork<MinibatchPart>(part, started, flow.RunAsync(started, _ahead.Stopped)));
        }

        return _ahead.Next is not null;
    }

    /// <summary>Waits for a minibatch to come.</summary>
    /// <returns>False where none will.</returns>
    public Task<bool> ArrivalAsync() => _arrival is { IsCompleted: false } or { IsCompletedSuccessfully: true, Result: false }
        ? _arrival
        : _arrival = minibatches.WaitToReadAsync(_ahead.Stopped).AsTask();

    /// <summary>The next part, once it is computed. Called where <see cref="Begin"/> tells of one.</summary>
    public async Task<PartWork<MinibatchPart>> NextAsync()
    {
        await BeginDuringAsync(_ahead.Next!.Done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var next = _ahead.Take();
        Begin();
        return next;
    }

    /// <summary>Waits for something, and begins meanwhile what comes.</summary>
    /// <param name="task">What is waited for; it has ended in any case when this has, and failed as it did.</param>
    public async Task BeginDuringAsync(Task task)
    {
        while (!task.IsCompleted && _ahead.HasRoom)
        {
            if (!await ComesMeanwhileAsync(task).ConfigureAwait(false))
            {
                // Nothing more will come. Why, where that is a failure, is told when nothing is left to do.
                break;
            }

            Begin();
        }

        await task.ConfigureAwait(false);
    }

    /// <summary>Waits for something that is waited for again later, or until a minibatch comes.</summary>
    /// <param name="task">What is waited for; where it ends first and has failed, so does this.</param>
    public async Task UntilArrivalAsync(Task task)
    {
        if (await ComesMeanwhileAsync(task).ConfigureAwait(false))
        {
            // Whoever waits again is told of its failure.
            _ = task.ContinueWith(
                static waited => _ = waited.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return;
        }

        await task.ConfigureAwait(false);
    }

    /// <summary>Forgets what is left of a minibatch whose answer has failed.</summary>
    /// <param name="failed">A part of it, the last one that was handed out.</param>
    public async Task SkipRestAsync(MinibatchPart failed)
    {
        while (_ahead.Next is { } next && ReferenceEquals(next.Part.Minibatch, failed.Minibatch))
        {
            await _ahead.DropAsync().ConfigureAwait(false);
        }

        while (!failed.EndsMinibatch && ReferenceEquals(_parts.Current.Minibatch, failed.Minibatch) && _parts.MoveNext())
        {
        }
    }

    /// <summary>Stops what is queued and running, waits for it, and gives its memory back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ahead.DisposeAsync().ConfigureAwait(false);
        _parts.Dispose();
    }

    /// <summary>Waits until a minibatch comes or a task ends, and tells whether one has come.</summary>
    private async Task<bool> ComesMeanwhileAsync(Task task)
    {
        var arrival = ArrivalAsync();
        await Task.WhenAny(task, arrival).ConfigureAwait(false);
        return arrival.IsCompletedSuccessfully && await arrival.ConfigureAwait(false);
    }

    private bool MoveNext()
    {
        while (!_parts.MoveNext())
        {
            if (!minibatches.TryRead(out var next))
            {
                return false;
            }

            _parts.Dispose();
            _parts = MinibatchPart.Of(next, rowsMax).GetEnumerator();
        }

        return true;
    }
}
