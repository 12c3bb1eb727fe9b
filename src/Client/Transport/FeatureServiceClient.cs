using FeatureService.Client.Transport.Pods;
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
    /// <summary>A client; nothing is connected before the first call.</summary>
    /// <param name="options">Addresses and limits.</param>
    /// <exception cref="ArgumentException">An address is none, or an option is out of range.</exception>
    public FeatureServiceClient(FeatureServiceClientOptions options)
    {
        options.Validate();
        Options = options;
        Pool = new PodPool(options);
        Caller = new UnaryCaller(Pool, options);
    }

    /// <summary>A client of the given addresses, with the defaults of <see cref="FeatureServiceClientOptions"/>.</summary>
    /// <param name="endpoints">Addresses: <c>http://HOST:PORT</c>, <c>unix:/PATH</c> or <c>dns:///NAME:PORT</c>.</param>
    /// <exception cref="ArgumentException">An address is none.</exception>
    public FeatureServiceClient(params string[] endpoints)
        : this(new FeatureServiceClientOptions { Endpoints = endpoints })
    {
    }

    /// <summary>Addresses and limits.</summary>
    public FeatureServiceClientOptions Options { get; }

    internal PodPool Pool { get; }

    internal UnaryCaller Caller { get; }

    /// <summary>Snapshots, how their entities are placed, and limits.</summary>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="FeatureServiceException">No endpoint answered.</exception>
    public Task<Topology> GetTopologyAsync(CancellationToken cancellation = default) => GetTopologyAsync(SnapshotReference.Default, cancellation);

    /// <summary>Snapshots, how their entities are placed, and limits.</summary>
    /// <param name="including">A snapshot that must be among them, by its id: an earlier one that a served folder still has is opened.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="FeatureServiceException">No endpoint answered, or none has that snapshot.</exception>
    public async Task<Topology> GetTopologyAsync(SnapshotReference including, CancellationToken cancellation = default)
    {
        var request = new GetTopologyRequest { Snapshot = Wire.Selector(including) };
        var topology = Wire.Topology(await CallAsync(
            "features.v1.ClusterService/GetTopology", (e, o) => e.Cluster.GetTopologyAsync(request, o), cancellation).ConfigureAwait(false));
        Pool.Pods.Advise(topology.BackfillsInFlight);
        return topology;
    }

    /// <summary>What every endpoint does and has loaded; one that does not answer says why.</summary>
    /// <param name="cancellation">Ends the calls.</param>
    /// <returns>One for each address, in the order of the options.</returns>
    /// <exception cref="FeatureServiceException">No name was found.</exception>
    public async Task<IReadOnlyList<EndpointStatus>> GetStatusAsync(CancellationToken cancellation = default)
    {
        await Pool.ReadyAsync(cancellation).ConfigureAwait(false);
        return await Task.WhenAll(Pool.Pods.LeaseEach().Select(lease => StatusOfAsync(lease, cancellation))).ConfigureAwait(false);
    }

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
        request.List = Wire.Rows(query.Rows);
        return GetVectorsAsync(request, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => Pool.Dispose();

    private async Task<EndpointStatus> StatusOfAsync(PodLease lease, CancellationToken cancellation)
    {
        using (lease)
        {
            try
            {
                var status = await Caller.AttemptAsync(
                    lease, (e, o) => e.Cluster.GetStatusAsync(new GetStatusRequest(), o), Options.Time.GetUtcNow() + Options.UnaryDeadline, null, cancellation).ConfigureAwait(false);
                return new EndpointStatus(lease.Pod.Address, StatusWire.Status(status), null);
            }
            catch (FeatureServiceException failure)
            {
                return new EndpointStatus(lease.Pod.Address, null, failure.Message);
            }
        }
    }

    private async Task<FeatureVectors> GetVectorsAsync(GetFeatureVectorsRequest request, CancellationToken cancellation)
    {
        var answer = await CallAsync(
            "features.v1.FeatureVectorsService/GetFeatureVectors", (e, o) => e.GetVectors(request, o), cancellation).ConfigureAwait(false);
        try
        {
            return answer.Read(EncodingSet.Plain);
        }
        catch (InvalidDataException exception)
        {
            throw new FeatureServiceException(StatusCode.DataLoss, $"the answer cannot be read: {exception.Message}", exception);
        }
    }

    private Task<T> CallAsync<T>(string method, Func<Endpoint, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation) =>
        ClientSpans.FollowAsync(method, address: null, () => Caller.CallAsync(call, cancellation));
}
