using System.Runtime.InteropServices;
using FeatureService.Core.Columns;
using FeatureService.Engine.Kernels;
using FeatureService.Engine.Planning;

namespace FeatureService.Engine.Execution;

/// <summary>
/// Tile arrays of a run's entities: either taken from elsewhere, and what the run makes its columns of in place of events; or worked out
/// by it on the way, to be kept. Owns its memory until it is disposed. Different entities may be written at the same time.
/// </summary>
public sealed unsafe class TileTable : IDisposable
{
    private readonly Dictionary<string, int> _indexes;
    private readonly PinnedBuffer[][] _planes;
    private readonly bool[] _isSpoilt;

    /// <summary>Takes memory for arrays.</summary>
    /// <param name="arrays">The arrays.</param>
    /// <param name="firstWeek">Number of the first week.</param>
    /// <param name="weekCount">Number of weeks.</param>
    /// <param name="entityCount">Number of entities.</param>
    /// <param name="isGiven">Whether the states come from elsewhere.</param>
    public TileTable(IReadOnlyList<TileArray> arrays, int firstWeek, int weekCount, int entityCount, bool isGiven)
    {
        (Arrays, FirstWeek, WeekCount, EntityCount, IsGiven) = (arrays, firstWeek, weekCount, entityCount, isGiven);
        _indexes = arrays.Select((array, i) => (array.Fingerprint, i)).ToDictionary(pair => pair.Fingerprint, pair => pair.i, StringComparer.Ordinal);
        _isSpoilt = new bool[arrays.Count];
        _planes = [.. arrays.Select(array => array.Planes.Select(_ => Cleared((long)weekCount * entityCount * sizeof(long))).ToArray())];
    }

    /// <summary>The arrays.</summary>
    public IReadOnlyList<TileArray> Arrays { get; }

    /// <summary>Number of the first week.</summary>
    public int FirstWeek { get; }

    /// <summary>Number of weeks.</summary>
    public int WeekCount { get; }

    /// <summary>Number of entities.</summary>
    public int EntityCount { get; }

    /// <summary>Whether the states come from elsewhere; else the run works them out.</summary>
    public bool IsGiven { get; }

    /// <summary>Bytes that a table takes.</summary>
    /// <param name="arrays">Its arrays.</param>
    /// <param name="weekCount">Number of weeks.</param>
    /// <param name="entityCount">Number of entities.</param>
    public static long BytesOf(IEnumerable<TileArray> arrays, int weekCount, int entityCount) =>
        arrays.Sum(array => (long)array.Planes.Count) * weekCount * entityCount * sizeof(long);

    /// <summary>Puts a part of some states.</summary>
    /// <param name="array">Index of the array.</param>
    /// <param name="plane">Index of the part.</param>
    /// <param name="patch">The entities and weeks, weeks counted from the table's first.</param>
    /// <param name="values">Their values, entity by entity, none of them null.</param>
    /// <exception cref="ArgumentException">The values are of another number or type.</exception>
    public void Put(int array, int plane, RowPatch patch, Column values)
    {
        if (values.Length != patch.RowCount || values.Type != Arrays[array].Planes[plane] || values.NullCount > 0)
        {
            throw new ArgumentException($"{values.Length} values of {values.Type.Name()}, {values.NullCount} of them null, for {patch.RowCount} states", nameof(values));
        }

        var from = MemoryMarshal.Cast<byte, long>(values.Data.Span);
        for (var i = 0; i < patch.EntityCount; i++)
        {
            from.Slice(i * patch.WeekCount, patch.WeekCount).CopyTo(Row(array, plane, patch.FirstEntity + i).Slice(patch.FirstWeek, patch.WeekCount));
        }
    }

    /// <summary>Copies a part of some states.</summary>
    /// <param name="array">Index of the array.</param>
    /// <param name="plane">Index of the part.</param>
    /// <param name="patch">The entities and weeks, weeks counted from the table's first.</param>
    /// <returns>Their values, entity by entity.</returns>
    public Column Take(int array, int plane, RowPatch patch)
    {
        var data = new byte[(long)patch.RowCount * sizeof(long)];
        var target = MemoryMarshal.Cast<byte, long>(data.AsSpan());
        for (var i = 0; i < patch.EntityCount; i++)
        {
            Row(array, plane, patch.FirstEntity + i).Slice(patch.FirstWeek, patch.WeekCount).CopyTo(target[(i * patch.WeekCount)..]);
        }

        return new Column { Type = Arrays[array].Planes[plane], Length = patch.RowCount, Data = data };
    }

    /// <summary>Whether some state of an array could not be worked out: an event is in error, or a sum needs more than 64 bits.</summary>
    /// <param name="array">Index of the array.</param>
    public bool IsSpoilt(int array) => Volatile.Read(ref _isSpoilt[array]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var plane in _planes.SelectMany(planes => planes))
        {
            plane.Return();
        }

        Array.Clear(_planes);
        Array.Fill(_planes, []);
    }

    /// <summary>Where the states of a batch lie; nothing where the table has no such array.</summary>
    /// <param name="array">The array.</param>
    /// <param name="firstEntity">The batch's first entity, counted among the run's.</param>
    internal TileRows RowsOf(TileArray? array, int firstEntity)
    {
        if (array is null || !_indexes.TryGetValue(array.Fingerprint, out var index))
        {
            return default;
        }

        var planes = _planes[index];
        return new TileRows(
            new Planes
            {
                First = planes[0].Start,
                Second = planes.Length > 1 ? planes[1].Start : null,
                Third = planes.Length > 2 ? planes[2].Start : null,
                Fourth = planes.Length > 3 ? planes[3].Start : null,
                Fifth = planes.Length > 4 ? planes[4].Start : null,
            },
            firstEntity,
            FirstWeek,
            WeekCount);
    }

    /// <summary>Notes that a state could not be worked out.</summary>
    internal void Spoil(TileArray? array)
    {
        if (array is not null && _indexes.TryGetValue(array.Fingerprint, out var index))
        {
            Volatile.Write(ref _isSpoilt[index], true);
        }
    }

    private Span<long> Row(int array, int plane, int entity) =>
        new((long*)_planes[array][plane].Start + ((long)entity * WeekCount), WeekCount);

    private static PinnedBuffer Cleared(long bytes)
    {
        var buffer = PinnedBuffer.Rent(bytes);
        NativeMemory.Clear(buffer.Start, (nuint)bytes);
        return buffer;
    }
}
