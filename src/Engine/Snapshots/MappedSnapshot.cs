using System.Buffers.Binary;
using System.IO.Hashing;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;

namespace FeatureService.Engine.Snapshots;

/// <summary>
/// A snapshot in a folder, its segments mapped. A slice points into the map and keeps it alive; disposal ends new reads only, and the
/// files are unmapped when nothing refers to them any more.
/// </summary>
public sealed class MappedSnapshot : ISnapshot, IDisposable
{
    private readonly SnapshotManifest _manifest;
    private readonly MappedSegment[][] _segments;
    private readonly SegmentEvents[] _nothing;
    private readonly WeakReference<SliceData>?[] _slices;
    private readonly RecentSlices _recent = new();
    private volatile bool _disposed;

    private MappedSnapshot(SnapshotManifest manifest, Catalog catalog, MappedSegment[] segments)
    {
        _manifest = manifest;
        Catalog = catalog;
        Placement = new Placement(manifest.Partitions, manifest.SlicesPerPartition);
        var byPlace = segments.ToLookup(segment => (segment.Entry.Partition * catalog.Sources.Length) + segment.Entry.Source);
        _segments = [.. Enumerable.Range(0, manifest.Partitions * catalog.Sources.Length).Select(place => byPlace[place].ToArray())];
        _nothing = [.. catalog.Sources.Select(source => Nothing(catalog.EntityType, source))];
        _slices = new WeakReference<SliceData>?[manifest.Partitions * manifest.SlicesPerPartition];
    }

    /// <inheritdoc/>
    public string Id => _manifest.Id;

    /// <inheritdoc/>
    public Catalog Catalog { get; }

    /// <inheritdoc/>
    public Placement Placement { get; }

    /// <summary>What the snapshot's file says.</summary>
    public SnapshotManifest Manifest => _manifest;

    /// <summary>Opens a snapshot: reads its manifest and maps its files, whose blocks are checked when a slice first touches them.</summary>
    /// <param name="folder">The folder that <c>snapshot build</c> wrote.</param>
    /// <param name="id">The snapshot; null for the folder's current one.</param>
    /// <exception cref="SnapshotNotFoundException">The folder has no such snapshot, or its format is newer than this program.</exception>
    /// <exception cref="SnapshotDamagedException">The manifest is not as it was written, or a file is missing or of another length.</exception>
    public static MappedSnapshot Open(string folder, string? id = null)
    {
        var manifest = ManifestFiles.Read(folder, id ?? ManifestFiles.ReadCurrent(folder));
        Catalog catalog;
        try
        {
            catalog = CatalogForm.Read(manifest);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or FormatException)
        {
            throw new SnapshotDamagedException(ManifestFiles.SnapshotPath(folder, manifest.Id), 0, error.Message);
        }

        var types = catalog.Sources.Select(source => source.Columns.Select(column => column.Type).ToArray()).ToArray();
        var segments = new MappedSegment[manifest.Segments.Length];
        for (var i = 0; i < segments.Length; i++)
        {
            var entry = manifest.Segments[i];
            segments[i] = MappedSegment.Open(folder, entry, catalog.EntityType, types[entry.Source]);
        }

        return new MappedSnapshot(manifest, catalog, segments);
    }

    /// <inheritdoc/>
    public long EventCount => _manifest.Segments.Where(segment => !Catalog.Sources[segment.Source].Always).Sum(segment => (long)segment.EventCount);

    /// <inheritdoc/>
    public int EntityCount(SliceId slice) => _manifest.SliceEntityCounts[IndexOf(slice)];

    /// <inheritdoc/>
    public int CountOf(int source, SliceId slice)
    {
        IndexOf(slice);
        return _segments[(slice.Partition * Catalog.Sources.Length) + source].Sum(segment =>
            segment.Entry.SliceEventStarts[slice.Slice + 1] - segment.Entry.SliceEventStarts[slice.Slice]);
    }

    /// <inheritdoc/>
    public long CompleteUntil(int source) => _manifest.CompleteUntil[source];

    /// <inheritdoc/>
    public bool AppendDigests(int source, SliceId slice, int firstPeriod, int lastPeriod, NonCryptographicHashAlgorithm hash)
    {
        var (periods, values) = _manifest.Digests[source];
        var first = Array.BinarySearch(periods, firstPeriod);
        Span<byte> number = stackalloc byte[sizeof(int)];
        for (var i = first < 0 ? ~first : first; i < periods.Length && periods[i] <= lastPeriod; i++)
        {
            var digest = values.AsSpan(((IndexOf(slice) * periods.Length) + i) * EventDigest.DigestBytes, EventDigest.DigestBytes);
            if (digest.ContainsAnyExcept((byte)0))
            {
                BinaryPrimitives.WriteInt32LittleEndian(number, periods[i]);
                hash.Append(number);
                hash.Append(digest);
            }
        }

        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed of.</exception>
    /// <exception cref="SnapshotDamagedException">A block of the slice is not as it was written.</exception>
    public SliceData Slice(SliceId slice)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var index = IndexOf(slice);
        if (Volatile.Read(ref _slices[index]) is { } known && known.TryGetTarget(out var data))
        {
            return data;
        }

        data = Merge(slice);
        _recent.Add(data);
        Volatile.Write(ref _slices[index], new WeakReference<SliceData>(data));
        return data;
    }

    /// <inheritdoc/>
    public bool IsAtHand(SliceId slice) => Volatile.Read(ref _slices[IndexOf(slice)]) is { } known && known.TryGetTarget(out _);

    /// <summary>Reads and checks every block of every file.</summary>
    /// <exception cref="SnapshotDamagedException">A block is not as it was written.</exception>
    public void Verify()
    {
        try
        {
            Parallel.ForEach(_segments.SelectMany(segments => segments), segment => segment.Verify());
        }
        catch (AggregateException errors)
        {
            // One file is enough to tell; the first in the manifest's order would need all to be read.
            throw errors.Flatten().InnerExceptions.OfType<SnapshotDamagedException>().FirstOrDefault() ?? errors.Flatten().InnerExceptions[0];
        }
    }

    /// <summary>Ends new reads; slices that were handed out stay good.</summary>
    public void Dispose() => _disposed = true;

    private SliceData Merge(SliceId slice)
    {
        var sources = new SegmentEvents[Catalog.Sources.Length];
        for (var s = 0; s < sources.Length; s++)
        {
            var segments = _segments[(slice.Partition * sources.Length) + s];
            sources[s] = segments.Length switch
            {
                0 => _nothing[s],
                1 => segments[0].Slice(slice.Slice),
                _ => SegmentMerge.Merge([.. segments.Select(segment => segment.Slice(slice.Slice))]),
            };
        }

        return SliceMerge.Merge(Catalog, sources);
    }

    private int IndexOf(SliceId slice)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slice.Partition, (uint)Placement.Partitions, nameof(slice));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slice.Slice, (uint)Placement.SlicesPerPartition, nameof(slice));
        return (slice.Partition * Placement.SlicesPerPartition) + slice.Slice;
    }

    private static SegmentEvents Nothing(EntityKeyType keyType, EventSource source) => new()
    {
        Keys = new KeyListBuilder(keyType).Build(),
        EntityFirstCutoffs = default,
        EventStarts = new int[1],
        Times = default,
        FirstCutoffs = default,
        Columns =
        [
            .. source.Columns.Select(column => new EventColumn
            {
                Type = column.Type,
                Data = default,
                Dictionary = column.Type == ColumnType.String ? StringTable.Empty : null,
            }),
        ],
    };
}
