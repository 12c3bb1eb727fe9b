using FeatureService.Contracts.V1;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Core.Keys;
using Grpc.Core;

namespace FeatureService.Client.Transport;

/// <summary>
/// A client of the feature service over one or several of its processes. Safe from any thread; one instance for a program's life.
/// </summary>
/// <remarks>Grids of any size are asked for by <c>BackfillAsync</c> of <c>FeatureService.Client.FanOut</c>.</remarks>
public sealed class FeatureServiceClient : IDisposable
{
    /// <summary>Attempts of a unary call that the service answers with "come back later".</summary>
    private const int BusyAttemptsMax = 5;

    private readonly Endpoint[] _endpoints;
    private int _next;

    /// <summary>A client; nothing is connected before the first call.</summary>
    /// <param name="options">Addresses and limits.</param>
    /// <exception cref="ArgumentException">An address is none, or an option is out of range.</exception>
    public FeatureServiceClient(FeatureServiceClientOptions options)
    {
        options.Validate();
        Options = options;
        _endpoints = [.. options.Endpoints.Distinct(StringComparer.Ordinal).Select(address => new Endpoint(address, options))];
        Pool = new EndpointPool(_endpoints, options);
    }

    /// <summary>A client of the given addresses, with the defaults of <see cref="FeatureServiceClientOptions"/>.</summary>
    /// <param name="endpoints">Addresses: <c>http://HOST:PORT</c> or <c>unix:/PATH</c>.</param>
    /// <exception cref="ArgumentException">An address is none.</exception>
    public FeatureServiceClient(params string[] endpoints)
        : this(new FeatureServiceClientOptions { Endpoints = endpoints })
    {
    }

    /// <summary>Addresses and limits.</summary>
    public FeatureServiceClientOptions Options { get; }

    internal EndpointPool Pool { get; }

    /// <summary>Snapshots, how their entities are placed, and limits.</summary>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="FeatureServiceException">No endpoint answered.</exception>
    public async Task<Topology> GetTopologyAsync(CancellationToken cancellation = default)
    {
        var topology = Wire.Topology(await CallAsync(
            "features.v1.ClusterService/GetTopology", (e, o) => e.Cluster.GetTopologyAsync(new GetTopologyRequest(), o), cancellation).ConfigureAwait(false));
        Pool.Advise(topology.BackfillsInFlight);
        return topology;
    }

    /// <summary>What every endpoint does and has loaded; one that does not answer says why.</summary>
    /// <param name="cancellation">Ends the calls.</param>
    /// <returns>One for each endpoint, in the order of the options.</returns>
    public async Task<IReadOnlyList<EndpointStatus>> GetStatusAsync(CancellationToken cancellation = default) =>
        await Task.WhenAll(_endpoints.Select(endpoint => StatusOfAsync(endpoint, cancellation))).ConfigureAwait(false);

    /// <summary>Binds a view against a snapshot's catalog.</summary>
    /// <param name="view">A view's text, or a published view to resolve.</param>
    /// <param name="snapshot">The snapshot; null means the service's default.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="FeatureServiceException">
    /// The view is wrong: every error of the text is one of <see cref="FeatureServiceException.FieldViolations"/>. Or no such view or
    /// snapshot, or no endpoint answered.
    /// </exception>
    public async Task<ValidatedView> ValidateAsync(
        ViewReference view, SnapshotReference? snapshot = null, CancellationToken cancellation = default)
    {
        var request = new ValidateRequest
        {
            View = Wire.Selector(view),
            Snapshot = Wire.Selector(snapshot ?? SnapshotReference.Default),
            FileName = view.FileName,
        };
        var answer = await CallAsync("features.v1.FeatureViewsService/Validate", (e, o) => e.Views.ValidateAsync(request, o), cancellation).ConfigureAwait(false);
        return new ValidatedView(
            answer.Name, answer.ViewVersion, answer.Definition, answer.SnapshotId, [.. answer.Columns.Select(Wire.Column)]);
    }

    /// <summary>Compares two views: which columns changed, how much, and what a rebuild computes.</summary>
    /// <param name="query">What is compared.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="FeatureServiceException">A view, the weeks or the entities are wrong, or no endpoint answered.</exception>
    public async Task<ViewComparison> CompareAsync(CompareQuery query, CancellationToken cancellation = default)
    {
        var request = CompareWire.Request(query);
        var answer = await CallAsync("features.v1.FeatureViewsService/Compare", (e, o) => e.Views.CompareAsync(request, o), cancellation).ConfigureAwait(false);
        return CompareWire.Comparison(answer);
    }

    /// <summary>How one value came about: which events made it, and why others did not.</summary>
    /// <param name="view">The view.</param>
    /// <param name="column">Name of the feature or label.</param>
    /// <param name="entity">The entity.</param>
    /// <param name="week">Key of the week.</param>
    /// <param name="eventsMax">Events of one kind that are listed for an aggregate, from 1 to 1,000.</param>
    /// <param name="snapshot">The snapshot; null means the service's default.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="FeatureServiceException">View, column, entity or week is wrong, or no endpoint answered.</exception>
    public async Task<ValueTrace> TraceAsync(
        ViewReference view,
        string column,
        EntityKey entity,
        string week,
        int eventsMax = 1_000,
        SnapshotReference? snapshot = null,
        CancellationToken cancellation = default)
    {
        var request = new TraceRequest
        {
            View = Wire.Selector(view),
            Snapshot = Wire.Selector(snapshot ?? SnapshotReference.Default),
            Column = column,
            Entity = Wire.Keys([entity]),
            Week = week,
            EventsMax = eventsMax,
        };
        var answer = await CallAsync("features.v1.FeatureViewsService/Trace", (e, o) => e.Views.TraceAsync(request, o), cancellation).ConfigureAwait(false);
        return TraceWire.Trace(answer);
    }

    /// <summary>The plan of a backfill and its cost, in one call.</summary>
    /// <exception cref="FeatureServiceException">The backfill would be refused, or no endpoint answered.</exception>
    internal async Task<PlanExplanation> ExplainAsync(ExplainRequest request, CancellationToken cancellation) => ExplainWire.Explanation(
        await CallAsync("features.v1.FeatureViewsService/Explain", (e, o) => e.Views.ExplainAsync(request, o), cancellation).ConfigureAwait(false));

    /// <summary>Vectors of named entities, in the order named, each with its weeks in ascending order.</summary>
    /// <param name="query">What is asked.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="FeatureServiceException">
    /// The query is wrong, larger than an answer may be (then ask by <c>BackfillAsync</c>), a cell overflowed
    /// (<see cref="StatusCode.OutOfRange"/>), or no endpoint answered.
    /// </exception>
    public Task<FeatureVectors> GetFeatureVectorsAsync(FeatureVectorsQuery query, CancellationToken cancellation = default)
    {
        var request = Wire.VectorsRequest(query);
        request.Grid = new Grid { Weeks = Wire.Weeks(query.Weeks), Keys = Wire.Keys(query.Entities) };
        return GetVectorsAsync(request, cancellation);
    }

    /// <summary>Vectors of rows that are listed one by one, in their order, duplicates included.</summary>
    /// <remarks>For more rows than one answer holds, build a dataset of a <c>SpineQuery</c>.</remarks>
    /// <param name="query">What is asked.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="FeatureServiceException">
    /// The query is wrong, larger than an answer may be (reason <c>ANSWER_TOO_LARGE</c>), a cell overflowed
    /// (<see cref="StatusCode.OutOfRange"/>), or no endpoint answered.
    /// </exception>
    public Task<FeatureVectors> GetFeatureVectorsAsync(FeatureRowsQuery query, CancellationToken cancellation = default)
    {
        var request = Wire.VectorsRequest(query);
        request.List = new RowList { Keys = Wire.Keys(query.Rows.Select(row => row.Entity)) };
        request.List.Weeks.AddRange(query.Rows.Select(row => row.Week));
        return GetVectorsAsync(request, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var endpoint in _endpoints)
        {
            endpoint.Dispose();
        }
    }

    private async Task<EndpointStatus> StatusOfAsync(Endpoint endpoint, CancellationToken cancellation)
    {
        try
        {
            var deadline = Options.Time.GetUtcNow() + Options.UnaryDeadline;
            using var call = endpoint.Cluster.GetStatusAsync(
                new GetStatusRequest(), new CallOptions(deadline: deadline.UtcDateTime, cancellationToken: cancellation));
            return new EndpointStatus(endpoint.Address, StatusWire.Status(await call.ResponseAsync.ConfigureAwait(false)), null);
        }
        catch (RpcException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            return new EndpointStatus(endpoint.Address, null, StatusMapper.Map(exception, endpoint.Address).Message);
        }
    }

    private async Task<FeatureVectors> GetVectorsAsync(GetFeatureVectorsRequest request, CancellationToken cancellation)
    {
        var answer = await CallAsync(
            "features.v1.FeatureVectorsService/GetFeatureVectors", (e, o) => e.Vectors.GetFeatureVectorsAsync(request, o), cancellation).ConfigureAwait(false);
        try
        {
            return Wire.Vectors(answer, EncodingSet.Plain);
        }
        catch (InvalidDataException exception)
        {
            throw new FeatureServiceException(StatusCode.DataLoss, $"the answer cannot be read: {exception.Message}", exception);
        }
    }

    private Task<T> CallAsync<T>(string method, Func<Endpoint, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation) =>
        ClientSpans.FollowAsync(method, address: null, () => AttemptAsync(call, cancellation));

    /// <summary>Calls one endpoint after the other until one answers; only calls that change nothing come here.</summary>
    private async Task<T> AttemptAsync<T>(Func<Endpoint, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation)
    {
        var deadline = Options.Time.GetUtcNow() + Options.UnaryDeadline;
        var start = (uint)Interlocked.Increment(ref _next);
        var busy = 0;
        for (var attempt = 0u; ; attempt++)
        {
            var endpoint = _endpoints[(start + attempt) % (uint)_endpoints.Length];
            try
            {
                using var running = call(endpoint, new CallOptions(deadline: deadline.UtcDateTime, cancellationToken: cancellation));
                return await running.ResponseAsync.ConfigureAwait(false);
            }
            catch (RpcException exception)
            {
                cancellation.ThrowIfCancellationRequested();
                var failure = StatusMapper.Map(exception, endpoint.Address);
                var elsewhere = failure.Status == StatusCode.Unavailable && attempt + 1 < _endpoints.Length;
                var later = failure.Status == StatusCode.ResourceExhausted && failure.RetryAfter is not null
                    && ++busy < BusyAttemptsMax && Options.Time.GetUtcNow() + failure.RetryAfter < deadline;
                if (!elsewhere && !later)
                {
                    throw failure;
                }

                if (later)
                {
                    await Task.Delay(failure.RetryAfter!.Value, Options.Time, cancellation).ConfigureAwait(false);
                }
            }
        }
    }
}
