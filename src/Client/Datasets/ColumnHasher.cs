using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using FeatureService.Core.Columns;

namespace FeatureService.Client.Datasets;

/// <summary>
/// Hashes one column, unit by unit. Its values, its texts' lengths and its validity are hashed apart, so that the cut of a unit's runs
/// leaves no trace.
/// </summary>
/// <param name="type">Type of the values.</param>
internal sealed class ColumnHasher(ColumnType type)
{
    private const int LengthsMax = 4096;

    private readonly XxHash128 _values = new();
    private readonly XxHash128 _lengths = new();
    private readonly ValidityHasher _validity = new();

    /// <summary>The hash of the units that have ended.</summary>
    public ColumnHash Hash { get; private set; }

    /// <summary>Adds rows to the unit.</summary>
    public void Add(Column run)
    {
        _validity.Add(run);
        if (type == ColumnType.String)
        {
            AddTexts(run);
        }
        else
        {
            _values.Append(run.Data.Span);
        }
    }

    /// <summary>Ends a unit.</summary>
    /// <param name="unit">Its place.</param>
    /// <param name="rows">Its rows.</param>
    public void EndUnit(ulong unit, long rows)
    {
        Span<byte> bytes = stackalloc byte[(2 * sizeof(long)) + (3 * ColumnHash.Size)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, unit);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[sizeof(long)..], rows);
        var hashes = bytes[(2 * sizeof(long))..];
        _values.GetHashAndReset(hashes);
        _lengths.GetHashAndReset(hashes[ColumnHash.Size..]);
        _validity.Finish(hashes[(2 * ColumnHash.Size)..]);
        Hash += new ColumnHash(XxHash128.HashToUInt128(bytes));
    }

    private void AddTexts(Column run)
    {
        var offsets = MemoryMarshal.Cast<byte, int>(run.Offsets.Span);
        Span<int> lengths = stackalloc int[LengthsMax];
        for (var first = 0; first < run.Length; first += LengthsMax)
        {
            var count = Math.Min(LengthsMax, run.Length - first);
            var starts = offsets.Slice(first, count);
            var ends = offsets.Slice(first + 1, count);
            for (var i = 0; i < count; i++)
            {
                lengths[i] = ends[i] - starts[i];
            }

            _lengths.Append(MemoryMarshal.AsBytes(lengths[..count]));
        }

        _values.Append(run.Data.Span[offsets[0]..offsets[run.Length]]);
    }
}
