using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns.Hashing;
using Grpc.Core;

namespace FeatureService.Client.Datasets.Reuse;

/// <summary>
/// Parts that take over columns of an earlier dataset of the same rows, byte for byte: only the others are asked for, and put between
/// them. The keys and weeks of what is asked for are compared with the earlier ones, part by part.
/// </summary>
internal sealed class ReusedParts : IPartShape
{
    private readonly DatasetPlace _place;
    private readonly PreviousDataset _previous;
    private readonly IReadOnlyList<DatasetColumn> _columns;
    private readonly ColumnChoice _choice;
    private readonly IDatasetSource _requested;
    private readonly WeekStatuses _statuses;

    private ReusedParts(
        DatasetPlace place, PreviousDataset previous, IReadOnlyList<DatasetColumn> columns, ColumnChoice choice, IDatasetSource requested,
        WeekStatuses statuses) =>
        (_place, _previous, _columns, _choice, _requested, _statuses) = (place, previous, columns, choice, requested, statuses);

    /// <summary>What the service is asked for.</summary>
    public IDatasetSource Requested => _requested;

    /// <inheritdoc/>
    public IReadOnlyList<DatasetColumn> Kept => TakesStatuses ? [.. _requested.Columns.SkipLast(1)] : _requested.Columns;

    /// <inheritdoc/>
    /// <remarks>It takes little to make one again.</remarks>
    public IDatasetFormat? PieceFormat => null;

    /// <summary>The status follows from the row and the columns, so where it is taken over nothing is left to look at.</summary>
    private bool TakesStatuses => _choice.Sources[^1] is not null;

    /// <summary>What is taken over and what is not.</summary>
    public ManifestReuse Told => new(
        _previous.Name,
        _previous.Manifest.ContentHash,
        [.. _columns.Where((column, i) => column.Fingerprint.Length > 0 && _choice.Sources[i] is not null).Select(column => column.Name)],
        [.. _choice.Computed.Where(column => column.Name != _columns[^1].Name)]);

    /// <summary>Finds what can be taken over.</summary>
    /// <param name="client">The service.</param>
    /// <param name="place">Where the parts go.</param>
    /// <param name="previous">The earlier dataset.</param>
    /// <param name="source">The rows with all columns.</param>
    /// <param name="identity">What is built.</param>
    /// <param name="query">As it was asked for.</param>
    /// <param name="cancellation">Ends the calls.</param>
    /// <exception cref="DatasetException">The earlier dataset has other rows, or was made otherwise.</exception>
    public static async Task<ReusedParts> PlanAsync(
        FeatureServiceClient client, DatasetPlace place, PreviousDataset previous, IDatasetSource source, BuildIdentity identity,
        FeatureQuery query, CancellationToken cancellation)
    {
        var manifest = previous.Manifest;
        RefuseDifferent(previous, identity);
        var asked = WeekStatuses.AskAsync(client, source.Target, source.WeekDays, cancellation);
        var askedThere = StatusesThereAsync(client, manifest, source, query, cancellation);
        await Task.WhenAll((Task)asked, askedThere).ConfigureAwait(false);
        var (statuses, statusesThere) = (await asked.ConfigureAwait(false), await askedThere.ConfigureAwait(false));
        var choice = ColumnChoice.Of(identity.Columns, manifest.Columns);
        var requested = choice.Requested(source.Columns) is { Count: > 0 } names ? source.Only(names) : source;
        if (statusesThere is null || !statusesThere.IsSame(statuses))
        {
            choice = choice with { Sources = [.. choice.Sources.SkipLast(1), null] };
        }

        return new ReusedParts(place, previous, source.Columns, choice, requested, statuses);
    }

    /// <inheritdoc/>
    public FeatureBatch Keep(FeatureBatch batch) => TakesStatuses
        ? new FeatureBatch(
            batch.Header with { Columns = Kept },
            batch.Slice,
            batch.FirstRow,
            batch.RowCount,
            [.. Enumerable.Range(0, batch.ColumnCount - 1).Select(batch.Chunks)])
        : _statuses.Apply(batch);

    /// <inheritdoc/>
    public IPartWriter CreatePart(int part, Stream output) => new WeavingWriter(
        new WeavingLayout(_previous.Format, _columns, _choice.Sources, Kept),
        _previous.PartOf(part),
        output,
        DatasetPlace.Temporary(_place.Part(part)));

    /// <inheritdoc/>
    public PartContent ContentOf(int part, PartContent kept)
    {
        var there = _previous.Manifest.Parts[part];
        var hashes = new ColumnHash[_columns.Count];
        for (var i = 0; i < hashes.Length; i++)
        {
            var index = IndexIn(Kept, _columns[i]);
            hashes[i] = _choice.Sources[i] is { } source ? there.ColumnHashes[source] : kept.Hashes[index];
            if (index >= 0 && kept.Hashes[index] != hashes[i])
            {
                throw Exception_OtherRows(part, _columns[i]);
            }
        }

        return new PartContent(new ColumnHashes(hashes), TakesStatuses ? there.RowsByStatus : kept.RowsByStatus);
    }

    private static int IndexIn(IReadOnlyList<DatasetColumn> columns, DatasetColumn column) => columns.ToList().IndexOf(column);

    private static void RefuseDifferent(PreviousDataset previous, BuildIdentity identity)
    {
        // The definition may differ, which is what this is for, and so do the columns.
        var manifest = previous.Manifest;
        var differences = manifest.Differences(identity with { ViewVersion = manifest.ViewVersion, Columns = manifest.Columns }).ToArray();
        if (differences.Length > 0)
        {
            throw new DatasetException(
                $"--reuse {previous.Name}: its columns cannot be taken over, as it is of other rows or was made otherwise:\n{string.Join('\n', differences)}");
        }

        if (manifest.Parts.Count != manifest.Shards || manifest.Parts.Any(part => part.ColumnHashes.Count != manifest.Columns.Count)
            || (manifest.Files.Count != 1 && manifest.Files.Count != manifest.Shards))
        {
            throw new DatasetException($"--reuse {previous.Name}: its manifest is damaged: expected {manifest.Shards} parts of {manifest.Columns.Count} columns");
        }
    }

    /// <summary>The statuses of the weeks of the earlier dataset; null where its definition is no longer understood.</summary>
    private static async Task<WeekStatuses?> StatusesThereAsync(
        FeatureServiceClient client, DatasetManifest manifest, IDatasetSource source, FeatureQuery query, CancellationToken cancellation)
    {
        try
        {
            var there = query with
            {
                View = ViewReference.OfText(manifest.Definition),
                Snapshot = new SnapshotReference(source.Target.Snapshot.Name, source.Target.Snapshot.Id),
                Columns = [.. manifest.Columns.Where(column => column.Fingerprint.Length > 0).Select(column => column.Name)],
            };
            var target = await ViewOnSnapshot.CreateAsync(client, there, cancellation).ConfigureAwait(false);
            return await WeekStatuses.AskAsync(client, target, source.WeekDays, cancellation).ConfigureAwait(false);
        }
        catch (FeatureServiceException refused) when (refused.Status is StatusCode.InvalidArgument or StatusCode.NotFound)
        {
            return null;
        }
    }

    private DatasetException Exception_OtherRows(int part, DatasetColumn column) => new(
        $"--reuse {_previous.Name}: its rows are others: in part {part} column {column.Name} has other values; expected the same rows, so the same population");
}
