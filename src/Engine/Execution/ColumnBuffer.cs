using System.Runtime.InteropServices;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Execution;

/// <summary>One output column of a block while tasks fill it, each its own rows.</summary>
internal sealed unsafe class ColumnBuffer
{
    private readonly BlockBytes _data;
    private readonly BlockBytes _valid;
    private int _validCount;

    /// <summary>A column of so many rows, all null.</summary>
    /// <param name="type">Type of its values.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="memory">The block's memory.</param>
    public ColumnBuffer(ColumnType type, int rowCount, BlockMemory memory)
    {
        Type = type;
        RowCount = rowCount;
        Width = type == ColumnType.String ? sizeof(int) : type.Width();
        _data = memory.Take((long)rowCount * Width);
        var validBytes = (rowCount + 63) / 64 * sizeof(ulong);
        _valid = memory.Take(validBytes);
        NativeMemory.Clear(_valid.Start, (nuint)validBytes);
    }

    /// <summary>The type of the values; codes of strings.</summary>
    public ColumnType Type { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; private set; }

    /// <summary>Bytes of a value.</summary>
    public int Width { get; }

    /// <summary>The values.</summary>
    public byte* Data => _data.Start;

    /// <summary>One bit a row that has a value.</summary>
    public ulong* Validity => (ulong*)_valid.Start;

    /// <summary>Leaves only the first rows, once the others have been moved out.</summary>
    /// <param name="rowCount">Number of rows that stay.</param>
    /// <param name="validCount">How many of them have a value.</param>
    public void Keep(int rowCount, int validCount) => (RowCount, _validCount) = (rowCount, validCount);

    /// <summary>Whether a row has a value.</summary>
    public bool IsValid(int row) => Bitmap.Get(_valid.Memory.Span, row);

    /// <summary>Marks rows that lie together as valid where a bit says so; a null pointer marks all.</summary>
    /// <param name="firstRow">The first of the rows.</param>
    /// <param name="bits">The bits.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="firstBit">The bit of the first row.</param>
    public void SetValid(int firstRow, ulong* bits, int count, long firstBit = 0)
    {
        var words = (ulong*)_valid.Start;
        var valid = 0;
        for (var done = 0; done < count;)
        {
            // A word that ends outside these rows is shared with another task.
            var (word, shift) = ((firstRow + done) >> 6, (firstRow + done) & 63);
            var step = Math.Min(64 - shift, count - done);
            var mask = step == 64 ? ulong.MaxValue : (1UL << step) - 1;
            var value = bits == null ? mask : Expressions.BitWords.Read((byte*)bits, firstBit + done, step);
            valid += System.Numerics.BitOperations.PopCount(value);
            if (step == 64 && bits == null)
            {
                var whole = (count - done) >> 6;
                new Span<ulong>(words + word, whole).Fill(ulong.MaxValue);
                valid += (whole - 1) << 6;
                step = whole << 6;
            }
            else if (step == 64)
            {
                words[word] = value;
            }
            else
            {
                Interlocked.Or(ref words[word], value << shift);
            }

            done += step;
        }

        Interlocked.Add(ref _validCount, valid);
    }

    /// <summary>Marks one row as valid.</summary>
    public void SetValid(int row)
    {
        Interlocked.Or(ref ((ulong*)_valid.Start)[row >> 6], 1UL << (row & 63));
        Interlocked.Increment(ref _validCount);
    }

    /// <summary>Copies rows that lie together from another place.</summary>
    /// <param name="firstRow">The first of the rows.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="values">Their values.</param>
    /// <param name="valid">Bits of rows with a value; a null pointer where all have one.</param>
    /// <param name="firstBit">The bit of the first row.</param>
    public void Put(int firstRow, int count, byte* values, ulong* valid, long firstBit)
    {
        Put(firstRow, count, values);
        SetValid(firstRow, valid, count, firstBit);
    }

    /// <summary>Copies values of rows that lie together, and not which of them there are.</summary>
    public void Put(int firstRow, int count, byte* values)
    {
        var bytes = (long)count * Width;
        Buffer.MemoryCopy(values, Data + ((long)firstRow * Width), bytes, bytes);
    }

    /// <summary>The finished column.</summary>
    /// <param name="dictionary">Texts of the codes of a string column.</param>
    public Column Finish(StringTable? dictionary) => new()
    {
        Type = Type,
        Length = RowCount,
        NullCount = RowCount - _validCount,
        Validity = _validCount == RowCount ? default : _valid.Memory[..Bitmap.Bytes(RowCount)],
        Data = _data.Memory[..(RowCount * Width)],
        Dictionary = dictionary,
    };
}
