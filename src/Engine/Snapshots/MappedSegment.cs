using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Engine.Snapshots;

/// <summary>One segment's file with its buffers as the manifest places them; nothing of the file is parsed.</summary>
internal sealed class MappedSegment
{
    private readonly ReadOnlyMemory<long> _keyNumbers;
    private readonly ReadOnlyMemory<byte> _keyOffsets;
    private readonly ReadOnlyMemory<byte> _keyTexts;
    private readonly ReadOnlyMemory<int> _entityFirstCutoffs;
    private readonly ReadOnlyMemory<int> _eventStarts;
    private readonly ReadOnlyMemory<long> _times;
    private readonly ReadOnlyMemory<int> _firstCutoffs;
    private readonly EventColumn[] _columns;
    private readonly bool _textKeys;

    private MappedSegment(SegmentEntry entry, MappedFile file, EntityKeyType keyType, ReadOnlySpan<ColumnType> types)
    {
        Entry = entry;
        _textKeys = keyType == EntityKeyType.String;
        _keyNumbers = _textKeys ? default : file.Memory<long>(entry.Keys);
        _keyOffsets = _textKeys ? file.Memory<byte>(entry.Keys) : default;
        _keyTexts = file.Memory<byte>(entry.KeyTexts);
        _entityFirstCutoffs = file.Memory<int>(entry.EntityFirstCutoffs);
        _eventStarts = file.Memory<int>(entry.EventStarts);
        _times = file.Memory<long>(entry.Times);
        _firstCutoffs = file.Memory<int>(entry.FirstCutoffs);
        _columns = new EventColumn[types.Length];
        for (var i = 0; i < types.Length; i++)
        {
            _columns[i] = Column(file, entry.Columns[i], types[i]);
        }
    }

    /// <summary>What the manifest says of the segment.</summary>
    public SegmentEntry Entry { get; }

    /// <summary>Maps a segment and verifies every block of it.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <param name="entry">What the manifest says of the segment.</param>
    /// <param name="keyType">The type of the keys.</param>
    /// <param name="types">The types of the source's columns.</param>
    /// <exception cref="SnapshotDamagedException">The file is missing, of another length or not as it was written.</exception>
    public static MappedSegment Open(string folder, SegmentEntry entry, EntityKeyType keyType, ReadOnlySpan<ColumnType> types)
    {
        var path = Path.Combine(folder, entry.File);
        var found = new FileInfo(path);
        if (!found.Exists || found.Length != entry.FileLength)
        {
            throw new SnapshotDamagedException(
                path, found.Exists ? Math.Min(found.Length, entry.FileLength) : 0, $"expected a file of {entry.FileLength} bytes");
        }

        var file = new MappedFile(path, entry.FileLength);
        var damage = Checksums.FirstDamage(file.Bytes, entry.Checksums);
        GC.KeepAlive(file);
        return damage < 0
            ? new MappedSegment(entry, file, keyType, types)
            : throw new SnapshotDamagedException(path, damage, $"the block of {Checksums.BlockBytes} bytes does not fit its checksum");
    }

    /// <summary>The part of the segment that is one slice.</summary>
    /// <param name="slice">Number of the slice in its partition.</param>
    public SegmentEvents Slice(int slice)
    {
        var first = Entry.SliceEntityStarts[slice];
        var count = Entry.SliceEntityStarts[slice + 1] - first;
        return new SegmentEvents
        {
            Keys = _textKeys
                ? new EntityKeys(new StringTable(count, _keyOffsets.Slice(first * sizeof(int), (count + 1) * sizeof(int)), _keyTexts))
                : new EntityKeys(_keyNumbers.Slice(first, count)),
            EntityFirstCutoffs = _entityFirstCutoffs.Slice(first, count),
            EventStarts = _eventStarts.Slice(first, count + 1),
            Times = _times,
            FirstCutoffs = _firstCutoffs,
            Columns = _columns,
        };
    }

    private static EventColumn Column(MappedFile file, ColumnPlaces places, ColumnType type) => new()
    {
        Type = type,
        Data = file.Memory<byte>(places.Data),
        Validity = file.Memory<byte>(places.Validity),
        Dictionary = type == ColumnType.String
            ? places.DictionaryCount == 0
                ? StringTable.Empty
                : new StringTable(places.DictionaryCount, file.Memory<byte>(places.DictionaryOffsets), file.Memory<byte>(places.DictionaryTexts))
            : null,
    };
}
