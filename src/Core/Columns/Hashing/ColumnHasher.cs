using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns.Hashing;

/// <summary>
/// Hashes one column, unit by unit. Its values, its texts' lengths and its validity are hashed apart, so that the cut of a unit's runs
/// leaves no trace.
/// </summary>
/// <param name="type">Type of the values.</param>
public sealed class ColumnHasher(ColumnType type)
{
    private const int LengthsMax = 4096;

    private readonly XxHash128 _values = new();
    private readonly XxHash128 _lengths = new();
    private readonly ValidityHasher _validity = new();
    private readonly ArrayBufferWriter<byte> _texts = new();

    /// <summary>Adds rows to the unit.</summary>
    /// <param name="run">The rows.</param>
    public void Add(Column run)
    {
        _validity.Add(run);
        if (run.Dictionary is { } texts)
        {
            AddCodedTexts(run, texts);
        }
        else if (type == ColumnType.String)
        {
            AddTexts(run);
        }
        else
        {
            _values.Append(run.Data.Span);
        }
    }

    /// <summary>Ends a unit.</summary>
    /// <param name="unit">Its place: for a slice <c>SliceId.Place</c>.</param>
    /// <param name="rows">Its rows.</param>
    /// <returns>The unit's hash.</returns>
    public ColumnHash EndUnit(ulong unit, long rows)
    {
        Span<byte> bytes = stackalloc byte[(2 * sizeof(long)) + (3 * ColumnHash.Size)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, unit);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[sizeof(long)..], rows);
        var hashes = bytes[(2 * sizeof(long))..];
        _values.GetHashAndReset(hashes);
        _lengths.GetHashAndReset(hashes[ColumnHash.Size..]);
        _validity.Finish(hashes[(2 * ColumnHash.Size)..]);
        return new ColumnHash(XxHash128.HashToUInt128(bytes));
    }

    private void AddCodedTexts(Column run, StringTable texts)
    {
        var codes = run.Values<int>();
        var validity = run.Validity.Span;
        Span<int> lengths = stackalloc int[LengthsMax];
        for (var first = 0; first < run.Length; first += LengthsMax)
        {
            var count = Math.Min(LengthsMax, run.Length - first);
            _texts.ResetWrittenCount();
            for (var i = 0; i < count; i++)
            {
                var row = first + i;
                var text = run.NullCount > 0 && !Bitmap.Get(validity, row) ? default : texts[codes[row]];
                lengths[i] = text.Length;
                _texts.Write(text);
            }

            _lengths.Append(MemoryMarshal.AsBytes(lengths[..count]));
            _values.Append(_texts.WrittenSpan);
        }
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
