using FeatureService.Client.Transport.Pods;
using Grpc.Core;

namespace FeatureService.Client.Transport;

/// <summary>Makes calls with one answer: on another pod where one fails, a few attempts, as far as the budget of retries goes.</summary>
/// <param name="pool">The pods.</param>
/// <param name="options">Deadlines and pauses.</param>
internal sealed class UnaryCaller(PodPool pool, FeatureServiceClientOptions options)
{
    /// <summary>Attempts of one call that reach a pod, those that it answers with "come back later" apart.</summary>
    private const int AttemptsMax = 3;

    /// <summary>Attempts of one call that is answered with "come back later".</summary>
    private const int BusyAttemptsMax = 5;

    private readonly RetryBudget _budget = new();

    /// <summary>Makes a call that changes nothing.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="FeatureServiceException">It was refused, or no pod answered.</exception>
    public async Task<T> CallAsync<T>(Func<Endpoint, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation)
    {
        var deadline = options.Time.GetUtcNow() + options.UnaryDeadline;
        var state = new CallState(deadline);
        while (true)
        {
            FeatureServiceException failure;
            await pool.ReadyAsync(cancellation).ConfigureAwait(false);
            using (var lease = pool.Pods.TakeForCall(state.Tried)
                ?? throw new FeatureServiceException(StatusCode.Unavailable, "there is no endpoint: every name has lost its addresses"))
            {
                try
                {
                    var answer = await AttemptAsync(lease, call, deadline, null, cancellation).ConfigureAwait(false);
                    lease.Succeeded();
                    _budget.Answered();
                    return answer;
                }
                catch (FeatureServiceException exception)
                {
                    failure = exception;
                    pool.Failed(lease, failure);
                    state.Tried.Add(lease.Pod);
                }
            }

            var pause = PauseBefore(failure, state) ?? throw failure;
            if (pause > TimeSpan.Zero)
            {
                await Pause.ForAsync(pause, options.Time, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One attempt on one pod. Where it takes long, the pod is asked now and then whether it answers.</summary>
    /// <exception cref="FeatureServiceException">It failed.</exception>
    public async Task<T> AttemptAsync<T>(
        PodLease lease,
        Func<Endpoint, CallOptions, AsyncUnaryCall<T>> call,
        DateTimeOffset deadline,
        Action? answered,
        CancellationToken cancellation)
    {
        using var watch = new CallWatch(lease, options, Timeout.InfiniteTimeSpan, answered ?? (static () => { }), cancellation);
        watch.Wait();
        try
        {
            using var running = call(lease.Endpoint, new CallOptions(deadline: deadline.UtcDateTime, cancellationToken: watch.Token));
            return await running.ResponseAsync.ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            throw watch.Verdict ?? StatusMapper.Map(exception, lease.Endpoint.Address);
        }
    }

    /// <summary>How long to wait before the next attempt; null where there is to be none.</summary>
    private TimeSpan? PauseBefore(FeatureServiceException failure, CallState state)
    {
        var isElsewhere = pool.Pods.HasOther(state.Tried);
        if ((failure.IsUnsent || failure.IsSilence) && isElsewhere)
        {
            // Nobody has worked for it, and each pod is asked once.
            return TimeSpan.Zero;
        }

        TimeSpan? pause = Failures.KindOf(failure) switch
        {
            FailureKind.Busy when failure.RetryAfter is not null && ++state.BusyAttempts < BusyAttemptsMax =>
                isElsewhere ? TimeSpan.Zero : Backoff.Asked(failure.RetryAfter, state.BusyAttempts, options),
            FailureKind.Lost when failure.Status == StatusCode.Unavailable && ++state.Attempts < AttemptsMax =>
                isElsewhere ? TimeSpan.Zero : Backoff.After(state.Attempts, options),
            FailureKind.Lost when failure.Reason == Failures.SnapshotGone && isElsewhere && ++state.Attempts < AttemptsMax => TimeSpan.Zero,
            _ => null,
        };
        return pause is { } wait && options.Time.GetUtcNow() + wait < state.Deadline && _budget.TryTake() ? wait : null;
    }

    private sealed class CallState(DateTimeOffset deadline)
    {
        public DateTimeOffset Deadline { get; } = deadline;

        public HashSet<Pod> Tried { get; } = [];

        public int Attempts { get; set; }

        public int BusyAttempts { get; set; }
    }
}
