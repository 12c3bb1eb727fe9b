using System.Runtime.InteropServices;
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
    private readonly BlockChecks _checks;

    private MappedSegment(SegmentEntry entry, MappedFile file, BlockChecks checks, EntityKeyType keyType, ReadOnlySpan<ColumnType> types)
    {
        Entry = entry;
        _checks = checks;
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

    /// <summary>Maps a segment; its blocks are checked when a slice first touches them.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <param name="entry">What the manifest says of the segment.</param>
    /// <param name="keyType">The type of the keys.</param>
    /// <param name="types">The types of the source's columns.</param>
    /// <exception cref="SnapshotDamagedException">The file is missing or of another length.</exception>
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
        return new MappedSegment(entry, file, new BlockChecks(file, path, entry.Checksums), keyType, types);
    }

    /// <summary>Checks every block.</summary>
    /// <exception cref="SnapshotDamagedException">A block is not as it was written.</exception>
    public void Verify() => _checks.TouchAll();

    /// <summary>The part of the segment that is one slice.</summary>
    /// <param name="slice">Number of the slice in its partition.</param>
    /// <exception cref="SnapshotDamagedException">A block of the slice is not as it was written.</exception>
    public SegmentEvents Slice(int slice)
    {
        var first = Entry.SliceEntityStarts[slice];
        var count = Entry.SliceEntityStarts[slice + 1] - first;
        TouchEntities(first, count);
        TouchEvents(Entry.SliceEventStarts[slice], Entry.SliceEventStarts[slice + 1] - Entry.SliceEventStarts[slice]);
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

    private void TouchEntities(int first, int count)
    {
        _checks.Touch(Entry.EntityFirstCutoffs, (long)first * sizeof(int), (long)count * sizeof(int));
        _checks.Touch(Entry.EventStarts, (long)first * sizeof(int), (count + 1L) * sizeof(int));
        if (!_textKeys)
        {
            _checks.Touch(Entry.Keys, (long)first * sizeof(long), (long)count * sizeof(long));
            return;
        }

        _checks.Touch(Entry.Keys, (long)first * sizeof(int), (count + 1L) * sizeof(int));
        var offsets = MemoryMarshal.Cast<byte, int>(_keyOffsets.Span);
        _checks.Touch(Entry.KeyTexts, offsets[first], offsets[first + count] - offsets[first]);
    }

    private void TouchEvents(int first, int count)
    {
        if (count == 0)
        {
            return;
        }

        _checks.Touch(Entry.Times, (long)first * sizeof(long), (long)count * sizeof(long));
        _checks.Touch(Entry.FirstCutoffs, (long)first * sizeof(int), (long)count * sizeof(int));
        var (firstBits, bitBytes) = (first / 8, ((first + count - 1) / 8) - (first / 8) + 1);
        for (var i = 0; i < _columns.Length; i++)
        {
            var places = Entry.Columns[i];
            _checks.Touch(places.Validity, firstBits, bitBytes);
            if (_columns[i].Type == ColumnType.Bool)
            {
                _checks.Touch(places.Data, firstBits, bitBytes);
            }
            else
            {
                var width = _columns[i].Type == ColumnType.String ? sizeof(int) : _columns[i].Type.Width();
                _checks.Touch(places.Data, (long)first * width, (long)count * width);
            }

            _checks.Touch(places.DictionaryOffsets);
            _checks.Touch(places.DictionaryTexts);
        }
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
