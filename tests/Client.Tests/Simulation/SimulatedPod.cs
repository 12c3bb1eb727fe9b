using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using FeatureService.Client.Tests.Fake;
using FeatureService.Client.Transport;
using FeatureService.Client.Transport.Pods;
using FeatureService.Contracts.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SliceId = FeatureService.Core.Keys.SliceId;

namespace FeatureService.Client.Tests.Simulation;

/// <summary>A pod in memory and in virtual time: what a client's calls meet in place of a channel.</summary>
public sealed class SimulatedPod(VirtualTime time, FakeGrid grid, string address, Random random) : CallInvoker
{
    private static readonly ConcurrentDictionary<(FakeGrid Grid, SliceId Slice, int Index, bool Last), IReadOnlyList<BackfillResponse>> _messages = [];

    private CancellationTokenSource _life = new();
    private TaskCompletionSource? _hang;

    public string Address => address;

    public bool IsUp { get; private set; } = true;

    public bool HasSnapshot { get; set; } = true;

    /// <summary>Whether it takes no more calls, and ends streams behind the slice that they are at.</summary>
    public bool IsDraining { get; set; }

    /// <summary>Time that a slice takes.</summary>
    public TimeSpan SliceTime { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Time that an answer takes while streams are open.</summary>
    public TimeSpan AnswerTime { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Time that the answers to lists take, one after the other; then as other answers.</summary>
    public Queue<TimeSpan> ListTimes { get; } = [];

    /// <summary>Streams that it takes on.</summary>
    public int StreamsMax { get; set; } = int.MaxValue;

    /// <summary>Time from a stream's last message to its end; until then it has its place, though its caller goes.</summary>
    public TimeSpan EndTime { get; set; }

    /// <summary>Share of the slices before which a stream is cut in the midst of its messages.</summary>
    public double CutShare { get; set; }

    /// <summary>Share of the unary calls that fail.</summary>
    public double FailShare { get; set; }

    /// <summary>How many slices arrive damaged.</summary>
    public int DamageCount { get; set; }

    /// <summary>Streams that are open.</summary>
    public int Open { get; private set; }

    /// <summary>Most streams that were open at a time.</summary>
    public int OpenMax { get; private set; }

    /// <summary>Calls that reached it.</summary>
    public int CallCount { get; private set; }

    /// <summary>Small calls among them that ask whether it answers.</summary>
    public int ProbeCount { get; private set; }

    /// <summary>Slices that it has computed.</summary>
    public int SliceCount { get; private set; }

    /// <summary>Partitions that it was asked for.</summary>
    public HashSet<int> Partitions { get; } = [];

    private FakeGrid Grid => grid;

    private VirtualTime Time => time;

    private Random Random => random;

    public void Crash()
    {
        IsUp = false;
        var life = _life;
        _life = new CancellationTokenSource();
        life.Cancel();
        Resume();
    }

    public void Start() => (IsUp, IsDraining) = (true, false);

    public void Hang() => _hang ??= new TaskCompletionSource();

    public void Resume()
    {
        var hang = _hang;
        _hang = null;
        hang?.SetResult();
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var answer = AnswerAsync<TResponse>(request, options);
        return new AsyncUnaryCall<TResponse>(answer, Task.FromResult(Metadata.Empty), () => Grpc.Core.Status.DefaultSuccess, () => Metadata.Empty, () => { });
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var stream = new SimulatedStream(this, (BackfillRequest)(object)request, options);
        OpenMax = Math.Max(OpenMax, ++Open);
        return new AsyncServerStreamingCall<TResponse>(
            (IAsyncStreamReader<TResponse>)(object)stream, Task.FromResult(Metadata.Empty), () => Grpc.Core.Status.DefaultSuccess, () => Metadata.Empty, stream.Leave);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    private static RpcException Refusal(StatusCode code, string message, string reason) => new Google.Rpc.Status
    {
        Code = (int)code,
        Message = message,
        Details = { Any.Pack(new ErrorInfo { Domain = "features.v1", Reason = reason }) },
    }.ToRpcException();

    private static RpcException Full(TimeSpan retryAfter) => new Google.Rpc.Status
    {
        Code = (int)StatusCode.ResourceExhausted,
        Message = "queue full",
        Details = { Any.Pack(new RetryInfo { RetryDelay = retryAfter.ToDuration() }) },
    }.ToRpcException();

    private async Task<TResponse> AnswerAsync<TResponse>(object request, CallOptions options)
    {
        var isList = request is GetFeatureVectorsRequest;
        await WorkAsync(isList && ListTimes.TryDequeue(out var time) ? time : Open > 0 ? AnswerTime : TimeSpan.FromMilliseconds(2), options);
        CallCount++;
        ProbeCount += request is GetStatusRequest ? 1 : 0;
        if (request is not GetStatusRequest && random.NextDouble() < FailShare)
        {
            throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "failed"));
        }

        return (TResponse)(request switch
        {
            GetStatusRequest => new GetStatusResponse { Draining = IsDraining },
            GetTopologyRequest => FakeMessages.OfTopology(grid),
            ValidateRequest validate => (object)FakeMessages.OfView(grid, validate),
            GetFeatureVectorsRequest list => new ReceivedVectors(new ReadOnlySequence<byte>(FakeMessages.OfList(grid, list).ToByteArray())),
            _ => throw new NotSupportedException(request.GetType().Name),
        });
    }

    /// <summary>Lets time pass as for a call: until the work is done, the caller gives up, or the pod dies.</summary>
    private async Task WorkAsync(TimeSpan duration, CallOptions options)
    {
        var life = _life.Token;
        using var deadline = new CancellationTokenSource(options.Deadline is { } at ? at - time.GetUtcNow().UtcDateTime : Timeout.InfiniteTimeSpan, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(life, deadline.Token, options.CancellationToken);
        try
        {
            await Pause.ForAsync(IsUp ? duration : TimeSpan.FromMilliseconds(1), time, end.Token);
            while (_hang is { } hang)
            {
                var cancelled = new TaskCompletionSource();
                using var registration = end.Token.UnsafeRegister(_ => cancelled.TrySetResult(), null);
                await Task.WhenAny(hang.Task, cancelled.Task);
                end.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            throw new RpcException(
                life.IsCancellationRequested ? new Grpc.Core.Status(StatusCode.Unavailable, "connection reset")
                : options.CancellationToken.IsCancellationRequested ? new Grpc.Core.Status(StatusCode.Cancelled, "cancelled")
                : new Grpc.Core.Status(StatusCode.DeadlineExceeded, "deadline"));
        }

        if (!IsUp)
        {
            var refused = new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");
            throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "connection refused", refused));
        }
    }

    private sealed class SimulatedStream(SimulatedPod pod, BackfillRequest request, CallOptions options) : IAsyncStreamReader<BackfillResponse>
    {
        private readonly Queue<BackfillResponse> _sent = new();
        private readonly List<(SliceId Slice, IReadOnlyList<long> Keys)> _slices = FakeMessages.Slices(pod.Grid, request.Grid);
        private int _next = request.Cursor.IsEmpty ? 0 : int.Parse(request.Cursor.ToStringUtf8(), CultureInfo.InvariantCulture);
        private bool _admitted;
        private bool _headed;
        private bool _ended;
        private bool _cut;

        public BackfillResponse Current { get; private set; } = new();

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (!_admitted)
            {
                await AdmitAsync();
            }

            if (_sent.Count == 0)
            {
                if (_cut)
                {
                    throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "cut"));
                }

                if (_next == _slices.Count || pod.IsDraining)
                {
                    if (pod.EndTime > TimeSpan.Zero)
                    {
                        await pod.WorkAsync(pod.EndTime, options);
                    }

                    _ended = true;
                    return false;
                }

                await pod.WorkAsync(pod.SliceTime, options);
                Send();
            }

            Current = _sent.Dequeue();
            if (!_headed)
            {
                Current = Current.Clone();
                Current.Header = FakeMessages.Header(pod.Grid);
                Damage(Current);
                _headed = true;
            }

            return true;
        }

        /// <summary>Its caller lets go of it.</summary>
        public void Leave()
        {
            if (_ended || pod.EndTime == TimeSpan.Zero)
            {
                pod.Open--;
                return;
            }

            _ = EndAsync();

            async Task EndAsync()
            {
                await Pause.ForAsync(pod.EndTime, pod.Time, CancellationToken.None);
                pod.Open--;
            }
        }

        private async Task AdmitAsync()
        {
            await pod.WorkAsync(TimeSpan.FromMilliseconds(2), options);
            pod.CallCount++;
            if (pod.IsDraining)
            {
                throw Refusal(StatusCode.Unavailable, "the service is stopping", "DRAINING");
            }

            if (!pod.HasSnapshot)
            {
                throw Refusal(StatusCode.FailedPrecondition, "the snapshot is not loaded", "SNAPSHOT_GONE");
            }

            if (pod.Open > pod.StreamsMax)
            {
                throw Full(TimeSpan.FromMilliseconds(500));
            }

            pod.Partitions.Add(request.Grid.Slices.Partition);
            _admitted = true;
        }

        private void Send()
        {
            var (slice, keys) = _slices[_next];
            var (index, last) = (_next, _next + 1 == _slices.Count);
            var messages = _messages.GetOrAdd((pod.Grid, slice, index, last), _ => FakeMessages.OfSlice(
                slice, FakeGrid.Columns(keys, new DateOnly(2024, 1, 1), 3), 100, System.Text.Encoding.UTF8.GetBytes((index + 1).ToString(CultureInfo.InvariantCulture)), last));
            _cut = pod.Random.NextDouble() < pod.CutShare;
            foreach (var message in _cut ? messages.Take(pod.Random.Next(messages.Count)) : messages)
            {
                _sent.Enqueue(message);
            }

            _next++;
            pod.SliceCount++;
            if (_sent.Count == 0)
            {
                throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "cut"));
            }
        }

        private void Damage(BackfillResponse message)
        {
            if (pod.DamageCount > 0 && message.Columns.Count > 0 && message.SliceEnd is null && pod.Random.Next(4) == 0)
            {
                pod.DamageCount--;
                var bytes = message.Payload.ToByteArray();
                bytes[pod.Random.Next(bytes.Length)] ^= 1;
                message.Payload = Google.Protobuf.ByteString.CopyFrom(bytes);
            }
        }
    }
}
