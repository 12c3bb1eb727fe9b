using FeatureService.Client.Transport;
using FeatureService.Core.Columns;
using FeatureService.Core.Columns.Encodings;
using FeatureService.Core.Keys;

namespace FeatureService.Client.FanOut;

/// <summary>
/// A run of rows by columns. Of a grid: rows of one slice, whole entities with all their weeks, usually a whole slice; the bytes that
/// arrived, decoded where they are asked for. Of a spine: rows in its order.
/// </summary>
public sealed class FeatureBatch
{
    private readonly IReadOnlyList<EncodedColumn>[] _chunks;
    private readonly IReadOnlyList<Column>?[] _segments;
    private readonly Column?[] _columns;
    private readonly FinishedColumn?[]? _finished;

    internal FeatureBatch(AnswerHeader header, SliceId? slice, long firstRow, int rowCount, IReadOnlyList<EncodedColumn>[] chunks)
    {
        Header = header;
        Slice = slice;
        FirstRow = firstRow;
        RowCount = rowCount;
        _chunks = chunks;
        _segments = new IReadOnlyList<Column>?[chunks.Length];
        _columns = new Column?[chunks.Length];
    }

    internal FeatureBatch(
        AnswerHeader header, SliceId? slice, long firstRow, int rowCount, IReadOnlyList<EncodedColumn>[] chunks, FinishedColumn?[] finished)
        : this(header, slice, firstRow, rowCount, chunks) => _finished = finished;

    internal FeatureBatch(AnswerHeader header, SliceId? slice, long firstRow, int rowCount, IReadOnlyList<Column>[] segments)
        : this(header, slice, firstRow, rowCount, [.. segments.Select(runs => runs.Select(EncodedColumn.Of).ToArray())])
    {
    }

    /// <summary>What the batch was computed from, and its columns in order.</summary>
    public AnswerHeader Header { get; }

    /// <summary>The slice that the rows are of; null for rows of a spine.</summary>
    public SliceId? Slice { get; }

    /// <summary>Number in the slice or spine of the first row.</summary>
    public long FirstRow { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>Number of columns: the entity, <c>week</c>, those of a spine, features and labels, <c>row_status</c>.</summary>
    public int ColumnCount => _chunks.Length;

    /// <summary>
    /// Whether the service has finished columns for the file format that was asked for, and tells the hashes of the slice's columns behind it.
    /// </summary>
    internal bool IsFinished => _finished is not null;

    /// <summary>The column as the service has finished it for a file; null where it arrived in runs of rows.</summary>
    /// <param name="column">Index in the header's columns.</param>
    public FinishedColumn? Finished(int column) => _finished?[column];

    /// <summary>The runs of rows in which a column arrived, in their encodings; nothing is copied.</summary>
    /// <param name="column">Index in the header's columns.</param>
    /// <exception cref="InvalidOperationException">The column is finished for a file.</exception>
    public IReadOnlyList<EncodedColumn> Chunks(int column) => Finished(column) is null
        ? _chunks[column]
        : throw new InvalidOperationException($"column {Header.Columns[column].Name} is finished for a file: its values are not to be had");

    /// <summary>The runs of rows in which a column arrived, decoded once; PLAIN ones are not copied.</summary>
    /// <param name="column">Index in the header's columns.</param>
    public IReadOnlyList<Column> Segments(int column) => _segments[column] ??= [.. Chunks(column).Select(chunk => chunk.Decode())];

    /// <summary>A column as one run. It is put together, once, where it arrived in several.</summary>
    /// <param name="column">Index in the header's columns.</param>
    public Column this[int column] => _columns[column] ??= ColumnJoin.Join(Header.Columns[column].Type, Segments(column));

    /// <summary>A column by its name, as one run.</summary>
    /// <param name="name">The exact name.</param>
    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    public Column this[string name]
    {
        get
        {
            for (var i = 0; i < ColumnCount; i++)
            {
                if (Header.Columns[i].Name == name)
                {
                    return this[i];
                }
            }

            throw new KeyNotFoundException($"no column '{name}'; there are {string.Join(", ", Header.Columns.Select(c => c.Name))}");
        }
    }
}

/// <summary>A cell without a value, because an int64 overflowed.</summary>
/// <param name="Column">Name of the feature or label.</param>
/// <param name="Entity">The entity's key.</param>
/// <param name="Week">The first day of the week.</param>
/// <param name="Message">What happened, and the cure.</param>
public sealed record DatasetCellError(string Column, string Entity, string Week, string Message);
