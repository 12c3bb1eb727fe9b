using System.Runtime.InteropServices;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Parquet.Pages;

/// <summary>A column chunk's values in Parquet's PLAIN encoding, nulls left out. Memory is kept from chunk to chunk.</summary>
internal sealed class ChunkValues
{
    private readonly PageBuffer _values = new();
    private readonly DecodeBuffer _buffer = new();
    private readonly List<int> _ends = [];
    private ColumnType _type;

    /// <summary>Reads the values of all runs.</summary>
    public void Read(ColumnType type, IReadOnlyList<EncodedColumn> runs)
    {
        _type = type;
        _values.Clear();
        _ends.Clear();
        foreach (var run in runs)
        {
            if (type == ColumnType.String)
            {
                AddTexts(run.Decode(_buffer));
            }
            else
            {
                AddFixed(run);
            }
        }
    }

    /// <summary>Appends some of the values.</summary>
    /// <param name="first">The first value.</param>
    /// <param name="count">How many.</param>
    /// <param name="output">Where they go.</param>
    public void CopyTo(int first, int count, PageBuffer output)
    {
        switch (_type)
        {
            case ColumnType.Bool:
                AppendBits(_values.Span.Slice(first, count), output);
                break;
            case ColumnType.String:
                output.Append(_values.Span[EndOf(first - 1)..EndOf(first + count - 1)]);
                break;
            default:
                output.Append(_values.Span.Slice(first * _type.Width(), count * _type.Width()));
                break;
        }
    }

    private int EndOf(int value) => value < 0 ? 0 : _ends[value];

    private void AddTexts(Column column)
    {
        for (var row = 0; row < column.Length; row++)
        {
            if (column.IsValid(row))
            {
                var text = column.Utf8(row);
                _values.AppendInt32(text.Length);
                _values.Append(text);
                _ends.Add(_values.Length);
            }
        }
    }

    private void AddFixed(EncodedColumn run)
    {
        var width = _type.Width();
        if (run.Encoding == ColumnEncoding.Sparse && run.Present.Span.SequenceEqual(run.Validity.Span))
        {
            // All that is left out are the nulls.
            _values.Append(run.Values.Span);
            return;
        }

        var data = run.Decode(_buffer).Data.Span;
        if (run.NullCount == 0)
        {
            _values.Append(data);
            return;
        }

        var target = _values.Room((run.Length - run.NullCount) * width);
        switch (width)
        {
            case sizeof(byte):
                SparseValues.Compact(data, run.Validity.Span, target);
                break;
            case sizeof(int):
                SparseValues.Compact(MemoryMarshal.Cast<byte, int>(data), run.Validity.Span, MemoryMarshal.Cast<byte, int>(target));
                break;
            default:
                SparseValues.Compact(MemoryMarshal.Cast<byte, long>(data), run.Validity.Span, MemoryMarshal.Cast<byte, long>(target));
                break;
        }

        _values.Advance(target.Length);
    }

    private static void AppendBits(ReadOnlySpan<byte> bools, PageBuffer output)
    {
        var bits = output.Room(Bitmap.Bytes(bools.Length));
        bits.Clear();
        for (var i = 0; i < bools.Length; i++)
        {
            bits[i >> 3] |= (byte)(bools[i] << (i & 7));
        }

        output.Advance(bits.Length);
    }
}
