using System.Buffers.Binary;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Parquet.Pages;

/// <summary>Which rows of a column chunk have a value. The bitmap's memory is kept from chunk to chunk.</summary>
internal sealed class ChunkRows
{
    private byte[] _validity = [];

    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>How many are null.</summary>
    public int NullCount { get; private set; }

    /// <summary>How many have a value.</summary>
    public int ValueCount => Count - NullCount;

    /// <summary>Reads the validity of all runs.</summary>
    public void Read(IReadOnlyList<EncodedColumn> runs)
    {
        (Count, NullCount) = (0, 0);
        foreach (var run in runs)
        {
            Count += run.Length;
            NullCount += run.NullCount;
        }

        if (NullCount == 0)
        {
            return;
        }

        var bytes = Bitmap.Bytes(Count) + sizeof(ulong);
        if (_validity.Length < bytes)
        {
            _validity = new byte[bytes];
        }

        _validity.AsSpan().Clear();
        var row = 0;
        foreach (var run in runs)
        {
            Append(run, row);
            row += run.Length;
        }
    }

    /// <summary>The bitmap of some rows; zero behind the last one.</summary>
    /// <param name="first">A multiple of 8.</param>
    /// <param name="count">How many; a multiple of 8 unless they are the last.</param>
    public ReadOnlySpan<byte> Validity(int first, int count) => _validity.AsSpan(first >> 3, Bitmap.Bytes(count));

    /// <summary>How many of some rows have a value.</summary>
    public int CountValues(int first, int count) => NullCount == 0 ? count : Bitmap.CountOnes(_validity, first, count);

    private void Append(EncodedColumn run, int row)
    {
        var bits = run.NullCount == 0 ? default : run.Validity.Span;
        var target = _validity.AsSpan(row >> 3);
        var shift = row & 7;
        for (var done = 0; done < run.Length; done += 32)
        {
            // Words of 32 bits at any of eight shifts fit one of 64.
            var length = Math.Min(32, run.Length - done);
            var word = (bits.IsEmpty ? uint.MaxValue : Word(bits[(done >> 3)..])) & (uint.MaxValue >> (32 - length));
            var place = target[(done >> 3)..];
            BinaryPrimitives.WriteUInt64LittleEndian(place, BinaryPrimitives.ReadUInt64LittleEndian(place) | ((ulong)word << shift));
        }
    }

    private static uint Word(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= sizeof(uint))
        {
            return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        }

        var word = 0u;
        for (var i = 0; i < bytes.Length; i++)
        {
            word |= (uint)bytes[i] << (8 * i);
        }

        return word;
    }
}
