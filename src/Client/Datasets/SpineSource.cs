using FeatureService.Client.Datasets.Spines;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;

namespace FeatureService.Client.Datasets;

/// <summary>
/// The rows of a spine. It is read twice: once for its hash and to find what is wrong with it, before anything is computed, and once for
/// its rows. A shard is a run of rows, whatever their entities.
/// </summary>
internal sealed class SpineSource : IDatasetSource
{
    /// <summary>
    /// Bytes of a shard's rows, all of which are held until they are back in order, of two shards at a time. The more rows an entity has in
    /// one shard, the less they cost the service: a shuffled grid of 10,000 x 260 in 20 shards took it 1.3 times what it took in 10, in 5
    /// three quarters.
    /// </summary>
    private const int ShardBytesMax = 48 << 20;
    private const int ShardRowsMax = 1 << 18;

    /// <summary>While one shard is written, the next is fetched; a shard's requests keep all services busy.</summary>
    private const int ShardsInFlight = 2;

    /// <summary>Taken for a text of the caller's.</summary>
    private const int TextBytes = 24;

    private readonly FeatureServiceClient _client;
    private readonly ViewOnSnapshot _target;
    private readonly SpineLayout _layout;
    private readonly SpineReader _reader;
    private readonly SpineScan _scan;
    private readonly int _rowsPerShard;

    private SpineSource(
        FeatureServiceClient client, ViewOnSnapshot target, SpineLayout layout, SpineReader reader, SpineScan scan, int rowsPerShard) =>
        (_client, _target, _layout, _reader, _scan, _rowsPerShard) = (client, target, layout, reader, scan, rowsPerShard);

    /// <inheritdoc/>
    public IReadOnlyList<DatasetColumn> Columns => _layout.Columns;

    /// <inheritdoc/>
    public int ShardCount => (int)Math.Max(1, (_scan.Rows + _rowsPerShard - 1) / _rowsPerShard);

    /// <inheritdoc/>
    public int ShardsInFlightMax => Math.Min(ShardsInFlight, _client.Options.ShardsInFlightMax);

    /// <inheritdoc/>
    public ViewOnSnapshot Target => _target;

    /// <inheritdoc/>
    public IReadOnlyList<int> WeekDays => _scan.Days;

    /// <summary>Resolves a query and reads its spine once.</summary>
    /// <param name="client">The service.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="SpineException">The spine is wrong.</exception>
    public static async Task<IDatasetSource> CreateAsync(FeatureServiceClient client, SpineQuery query, CancellationToken cancellation)
    {
        var target = await ViewOnSnapshot.CreateAsync(client, query, cancellation).ConfigureAwait(false);
        var layout = SpineLayout.Of(query, target);
        var reader = new SpineReader(layout, target.Snapshot);
        var scan = SpineScan.Of(reader, layout.SpineColumns, cancellation);
        return new SpineSource(client, target, layout, reader, scan, query.RowsPerShard ?? RowsPerShard(target, layout));
    }

    /// <inheritdoc/>
    public IDatasetSource Only(IReadOnlyCollection<string> names)
    {
        var target = _target.Only(names);
        var layout = _layout with { Columns = [.. _layout.Columns.Where(c => c.Role == DatasetColumnRole.Spine || target.Columns.Contains(c))] };
        return new SpineSource(_client, target, layout, _reader, _scan, _rowsPerShard);
    }

    /// <inheritdoc/>
    public BuildIdentity Identity(IDatasetFormat format)
    {
        var time = _layout.HasInstants ? _layout.Table.Columns[_layout.Week].Name : null;
        var spine = new ManifestSpine(_scan.Rows, _scan.ContentHash, _rowsPerShard, time, _scan.Distances);
        return BuildIdentity.Of(_target, format, Columns, ShardCount) with { Weeks = _scan.Weeks, Entities = "spine", Spine = spine };
    }

    /// <inheritdoc/>
    /// <remarks>Services explain grids.</remarks>
    public Task<ManifestEstimate?> EstimateAsync(CancellationToken cancellation) => Task.FromResult<ManifestEstimate?>(null);

    /// <inheritdoc/>
    public long RowCountOf(int shard) => Math.Min(_rowsPerShard, _scan.Rows - ((long)shard * _rowsPerShard));

    /// <inheritdoc/>
    public IAsyncEnumerable<ShardWork> Shards(Predicate<int> isWanted, FanOutRun run, CancellationToken cancellation) =>
        Read(isWanted, new SpineFetcher(_target, _layout, new ListFetcher(_client, _target, run)), cancellation).ToAsyncEnumerable();

    private IEnumerable<ShardWork> Read(Predicate<int> isWanted, SpineFetcher fetcher, CancellationToken cancellation)
    {
        var hasher = new ContentHasher(_layout.SpineColumns);
        var problems = _reader.NewProblems();
        var rows = 0L;
        var shard = 0;
        foreach (var run in SpineRows.Cut(_reader.Read(problems, new SpineDistances(), cancellation), _rowsPerShard))
        {
            problems.ThrowIfAny();
            var firstRow = rows;
            hasher.AddList(run.Columns, firstRow, run.RowCount);
            rows += run.RowCount;
            if (rows > _scan.Rows)
            {
                throw Changed();
            }

            if (isWanted(shard))
            {
                yield return new ShardWork(shard, (receiver, stop) => fetcher.FetchAsync(run, firstRow, receiver, stop));
            }

            shard++;
        }

        if (rows != _scan.Rows || ContentHasher.Combine(_layout.SpineColumns, rows, hasher.Finish()) != _scan.ContentHash)
        {
            throw Changed();
        }

        if (shard == 0 && isWanted(0))
        {
            yield return new ShardWork(0, (_, _) => Task.CompletedTask);
        }
    }

    private static int RowsPerShard(ViewOnSnapshot target, SpineLayout layout)
    {
        var own = layout.SpineColumns.Skip(2).Sum(c => c.Type == ColumnType.String ? TextBytes : c.Type.Width());
        var rows = Math.Min(ShardBytesMax / (new ListCut(target).RowBytes + own), ShardRowsMax);

        // Whole units of the content hash, so that it does not depend on the cut.
        return Math.Max(rows / ContentHasher.UnitRows, 1) * ContentHasher.UnitRows;
    }

    private SpineException Changed() => new([$"{_layout.Table.Name} has changed while it was read: expected the same rows twice"]);
}
