using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Client.Datasets;

/// <summary>
/// Hash of a part's logical values, column by column in row order: the same whatever the file format, and however the rows arrived.
/// </summary>
internal sealed class ContentHasher(IReadOnlyList<DatasetColumn> columns)
{
    private readonly ColumnHasher[] _columns = [.. columns.Select(c => new ColumnHasher(c.Type))];
    private readonly DecodeBuffer _buffer = new();
    private long _rows;

    /// <summary>Adds rows.</summary>
    public void Add(FeatureBatch batch)
    {
        _rows += batch.RowCount;
        for (var i = 0; i < _columns.Length; i++)
        {
            foreach (var chunk in batch.Chunks(i))
            {
                _columns[i].Add(chunk.Decode(_buffer));
            }
        }
    }

    /// <summary>Adds rows.</summary>
    /// <param name="columns">Their columns.</param>
    /// <param name="rowCount">How many.</param>
    public void Add(IReadOnlyList<Column> columns, int rowCount)
    {
        _rows += rowCount;
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].Add(columns[i]);
        }
    }

    /// <summary>The hash of all rows so far, 32 hexadecimal digits.</summary>
    public string Finish()
    {
        var hash = new XxHash128();
        AppendNumber(hash, _rows);
        foreach (var column in _columns)
        {
            column.AppendTo(hash);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The hash of a dataset: of its columns' names and types, and its parts' rows and hashes in order.</summary>
    public static string Combine(IReadOnlyList<DatasetColumn> columns, IEnumerable<(long Rows, string Hash)> parts)
    {
        var hash = new XxHash128();
        foreach (var column in columns)
        {
            hash.Append(Encoding.UTF8.GetBytes($"{column.Name}\0{column.Type.Name()}\0"));
        }

        foreach (var (rows, part) in parts)
        {
            AppendNumber(hash, rows);
            hash.Append(Encoding.UTF8.GetBytes(part));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendNumber(XxHash128 hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.Append(bytes);
    }

    /// <summary>One column: its values, its texts' lengths and its validity are hashed apart, so that the cut of runs leaves no trace.</summary>
    private sealed class ColumnHasher(ColumnType type)
    {
        private const int LengthsMax = 4096;

        private readonly XxHash128 _values = new();
        private readonly XxHash128 _lengths = new();
        private readonly ValidityHasher _validity = new();

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

        public void AppendTo(XxHash128 hash)
        {
            hash.Append(_values.GetCurrentHash());
            hash.Append(_lengths.GetCurrentHash());
            hash.Append(_validity.Finish());
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
}
