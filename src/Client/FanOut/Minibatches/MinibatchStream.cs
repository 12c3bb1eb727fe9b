using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;
using Grpc.Core;

namespace FeatureService.Client.FanOut.Minibatches;

/// <summary>
/// A stream of minibatches over as many connections, one at a time, as it takes: one that ends or breaks is followed by another, on
/// another endpoint where there is one, which is asked for what is unanswered.
/// </summary>
/// <param name="client">The service.</param>
/// <param name="target">What is computed.</param>
/// <param name="minibatches">The rows of each minibatch.</param>
internal sealed class MinibatchStream(
    FeatureServiceClient client, ViewOnSnapshot target, IAsyncEnumerable<IReadOnlyList<FeatureRow>> minibatches) : IAsyncDisposable
{
    private const string Method = "features.v1.FeatureVectorsService/StreamFeatureVectors";

    // Streams of many jobs are spread over the pods, and each comes back to its own.
    private readonly int _place = Random.Shared.Next();
    private readonly UnansweredMinibatches _unanswered = new(target.StreamIdsMax, target.StreamRowsMax);

    // Bounded by what may be unanswered, as a place is free only once its answer is handed out.
    private readonly Channel<MinibatchAnswer> _answers = Channel.CreateUnbounded<MinibatchAnswer>();
    private readonly OutageWatch _outage = new(client.Options);
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;

    /// <summary>The answers; called once.</summary>
    /// <param name="order">Their order.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public async IAsyncEnumerable<MinibatchAnswer> AnswersAsync(AnswerOrder order, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var registration = cancellation.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
        _run = RunAsync(cancellation);
        var early = new Dictionary<ulong, MinibatchAnswer>();
        var next = 0UL;
        await foreach (var answer in _answers.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            early.Add(order == AnswerOrder.AsSent ? answer.Id : next, answer);
            while (early.Remove(next, out var due))
            {
                next++;
                _unanswered.HandedOut(due.RowCount);
                yield return due;
            }
        }

        await _run.ConfigureAwait(false);
    }

    /// <summary>Ends the connection and waits until nothing of the stream runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _outage.Dispose();
        _stop.Dispose();
    }

    /// <summary>Takes minibatches and brings their answers at the same time; the first that fails ends the other.</summary>
    private async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _outage.Expired);
        var takes = TakeAsync(stop.Token);
        var connects = ConnectAsync(stop.Token);
        try
        {
            var first = await Task.WhenAny(takes, connects).ConfigureAwait(false);
            if (!first.IsCompletedSuccessfully)
            {
                await stop.CancelAsync().ConfigureAwait(false);
            }

            await takes.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await connects.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first.ConfigureAwait(false);
            await connects.ConfigureAwait(false);
            _answers.Writer.Complete();
        }
        catch (OperationCanceledException) when (_outage.Expired.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            var outage = _outage.ToException();
            _answers.Writer.Complete(new FeatureServiceException(StatusCode.Unavailable, outage.Message, outage.InnerException));
        }
        catch (OperationCanceledException exception)
        {
            _answers.Writer.Complete(cancellation.IsCancellationRequested ? new OperationCanceledException(cancellation) : exception);
        }
        catch (Exception exception)
        {
            _answers.Writer.Complete(exception);
        }
    }

    private async Task TakeAsync(CancellationToken cancellation)
    {
        await foreach (var rows in minibatches.WithCancellation(cancellation).ConfigureAwait(false))
        {
            await _unanswered.AddAsync(rows, cancellation).ConfigureAwait(false);
        }

        _unanswered.Complete();
    }

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        var attempts = new Attempts(client.Options);
        IReadOnlyList<Pod> failed = [];
        while (await _unanswered.NextAsync(0, cancellation).ConfigureAwait(false) is not null)
        {
            FeatureServiceException? failure = null;
            MinibatchConnection connection;
            using (var lease = await client.Pool.AcquireAsync(_place, failed, beyondLimit: true, _outage.Failed, cancellation).ConfigureAwait(false))
            {
                failed = [lease.Pod];
                connection = new MinibatchConnection(lease.Endpoint, target, _unanswered, _answers.Writer, client.Options);
                try
                {
                    await ClientSpans.FollowAsync(Method, lease.Endpoint.Address, async () =>
                    {
                        await connection.RunAsync(_outage.Progressed, cancellation).ConfigureAwait(false);
                        return connection;
                    }).ConfigureAwait(false);
                }
                catch (FeatureServiceException exception) when (Failures.MayPass(exception))
                {
                    failure = exception;
                    client.Pool.Failed(lease, exception);
                }

                if (connection.AnswerCount > 0)
                {
                    attempts.Progressed();
                }

                if (failure is null)
                {
                    lease.Succeeded();
                }
            }

            // A connection that is lost while nothing is waited for costs nothing.
            if (!_unanswered.IsWaiting || (failure is null && connection.AnswerCount > 0))
            {
                continue;
            }

            failure ??= new FeatureServiceException(StatusCode.Unavailable, $"{failed[0].Address} ended a stream without an answer");
            _outage.Failed(failure);
            await Pause.ForAsync(attempts.PauseAfter(failure), client.Options.Time, cancellation).ConfigureAwait(false);
        }
    }
}
