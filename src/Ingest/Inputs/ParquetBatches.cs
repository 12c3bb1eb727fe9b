using System.Collections.Immutable;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace FeatureService.Ingest.Inputs;

/// <summary>Reads a Parquet file as Arrow batches; what is wrong with the file is told as such.</summary>
internal sealed class ParquetBatches
{
    private const int BatchRows = 1 << 17;

    private readonly string _path;
    private readonly ImmutableArray<int> _firstLeaves;
    private readonly ImmutableArray<int> _codedLeaves;

    private ParquetBatches(string path, ImmutableArray<Field> fields, ImmutableArray<int> firstLeaves, ImmutableArray<int> codedLeaves)
    {
        _path = path;
        Fields = fields;
        _firstLeaves = firstLeaves;
        _codedLeaves = codedLeaves;
    }

    /// <summary>The file's fields in order.</summary>
    public ImmutableArray<Field> Fields { get; }

    /// <summary>Reads the schema.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">The file cannot be read or is damaged.</exception>
    public static ParquetBatches Open(string path)
    {
        try
        {
            using var reader = new FileReader(path);
            var fields = reader.Schema.FieldsList;
            var firstLeaves = ImmutableArray.CreateBuilder<int>();
            var leaf = 0;
            foreach (var field in fields)
            {
                firstLeaves.Add(leaf);
                leaf += Leaves(field.DataType);
            }

            var codedLeaves = fields.Select((field, i) => (field, Leaf: firstLeaves[i]))
                .Where(field => field.field.DataType is StringType && HasCodes(reader, field.Leaf)).Select(field => field.Leaf);
            return new ParquetBatches(path, [.. fields], firstLeaves.ToImmutable(), [.. codedLeaves]);
        }
        catch (Exception error) when (IsReadError(error))
        {
            throw Unreadable(path, error);
        }
    }

    /// <summary>Reads fields of all rows, batch by batch; the caller disposes of each.</summary>
    /// <param name="fields">Indexes of fields, ascending.</param>
    /// <param name="withCodes">Whether texts may come as codes into a dictionary, where they are so in the file.</param>
    /// <exception cref="InputException">The file cannot be read or is damaged.</exception>
    public IEnumerable<RecordBatch> Read(IReadOnlyList<int> fields, bool withCodes = false)
    {
        using var reader = OpenReader(withCodes ? _codedLeaves : []);
        using var batches = OpenBatches(reader, fields);
        while (Next(batches) is { } batch)
        {
            yield return batch;
        }
    }

    /// <summary>Whether an error is the file's fault; what Arrow's C streams report arrives as a plain exception.</summary>
    private static bool IsReadError(Exception error) => error.GetType() == typeof(Exception) || error is
        ParquetException or IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException or NotImplementedException;

    /// <summary>The one error of a file that cannot be read.</summary>
    private static InputException Unreadable(string path, Exception error) =>
        new($"{path}: cannot read it as Parquet: {error.Message.ReplaceLineEndings(" ")}", error);

    /// <summary>Whether a column of texts lies in the first row group as codes: a text itself takes four bytes for its length alone.</summary>
    private static bool HasCodes(FileReader reader, int leaf)
    {
        if (reader.NumRowGroups == 0)
        {
            return false;
        }

        using var rows = reader.ParquetReader.RowGroup(0);
        using var column = rows.MetaData.GetColumnChunkMetaData(leaf);
        return column.TotalUncompressedSize < rows.MetaData.NumRows * sizeof(int);
    }

    private FileReader OpenReader(ImmutableArray<int> codedLeaves)
    {
        try
        {
            using var properties = ReaderProperties.GetDefaultReaderProperties();
            properties.EnablePageChecksumVerification();
            using var arrow = ArrowReaderProperties.GetDefault();
            arrow.UseThreads = true;
            arrow.BatchSize = BatchRows;
            foreach (var leaf in codedLeaves)
            {
                arrow.SetReadDictionary(leaf, true);
            }

            return new FileReader(_path, properties, arrow);
        }
        catch (Exception error) when (IsReadError(error))
        {
            throw Unreadable(_path, error);
        }
    }

    private IArrowArrayStream OpenBatches(FileReader reader, IReadOnlyList<int> fields)
    {
        try
        {
            return reader.GetRecordBatchReader(rowGroups: null, columns: [.. fields.Select(field => _firstLeaves[field])]);
        }
        catch (Exception error) when (IsReadError(error))
        {
            throw Unreadable(_path, error);
        }
    }

    private RecordBatch? Next(IArrowArrayStream batches)
    {
        try
        {
            // The reader works on the calling thread: the task is always complete.
            return batches.ReadNextRecordBatchAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception error) when (IsReadError(error))
        {
            throw Unreadable(_path, error);
        }
    }

    private static int Leaves(IArrowType type) => type switch
    {
        NestedType nested when nested.Fields.Count > 0 => nested.Fields.Sum(field => Leaves(field.DataType)),
        _ => 1,
    };
}
