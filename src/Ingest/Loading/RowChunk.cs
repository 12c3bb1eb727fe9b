using System.Text;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Ingest.Inputs;

namespace FeatureService.Ingest.Loading;

/// <summary>One row that could not be taken, as a report names it.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">Line in a text file, row in any other, from 1.</param>
/// <param name="Column">The column; empty where the row as a whole is meant.</param>
/// <param name="Value">The value as the input has it, cut where it is long.</param>
/// <param name="Expected">What was expected.</param>
public sealed record BadRow(string File, long Line, string Column, string Value, string Expected)
{
    /// <inheritdoc/>
    public override string ToString() => Column.Length == 0
        ? $"{File}:{Line}: '{Value}': expected {Expected}"
        : $"{File}:{Line}: '{Value}' in column {Column}: expected {Expected}";
}

/// <summary>Rows of one file, cast into the columns of their source; after <see cref="Finish"/> only those that are taken.</summary>
internal sealed class RowChunk : IDisposable
{
    /// <summary>Bad rows that are kept for the report.</summary>
    public const int ProblemsMax = 10;

    // Entity, bucket and place of a row.
    private const int StoringBytes = sizeof(int) + sizeof(ushort) + sizeof(int);

    private readonly SourceSchema _schema;
    private readonly InputFile _input;
    private readonly Dictionary<int, BadRow> _problems = [];
    private readonly int _room;
    private ColumnValues? _times;
    private long[] _startsOfDays = [];
    private long[] _available = [];

    /// <summary>Room for rows.</summary>
    /// <param name="schema">The source.</param>
    /// <param name="input">The file that the rows are of.</param>
    /// <param name="lines">Each row's line, or its number in the file, from 1; as many as there may be rows.</param>
    public RowChunk(SourceSchema schema, InputFile input, long[] lines)
        : this(schema, input, new RowPlaces(input.Path, lines), lines.Length)
    {
    }

    /// <summary>Room for rows that are numbered in order.</summary>
    /// <param name="schema">The source.</param>
    /// <param name="input">The file that the rows are of.</param>
    /// <param name="firstRow">Number of the first, from 1.</param>
    /// <param name="rows">Number of rows.</param>
    public RowChunk(SourceSchema schema, InputFile input, long firstRow, int rows)
        : this(schema, input, new RowPlaces(input.Path, null, firstRow), rows)
    {
    }

    private RowChunk(SourceSchema schema, InputFile input, RowPlaces places, int room)
    {
        _schema = schema;
        _input = input;
        _room = room;
        Places = places;
        var entityType = schema.EntityType == EntityKeyType.Int64 ? ColumnType.Int64 : ColumnType.String;
        Entity = new ColumnValues(entityType, null, schema.Reading, room);
        Columns =
        [
            .. schema.Source.Columns.Select((column, i) => new ColumnValues(
                column.Type,
                column.DecimalScale,
                i == schema.Source.TimeColumn || i == schema.Source.AvailableColumn ? schema.TimeReading : schema.Reading,
                room)),
        ];
    }

    /// <summary>Where each row is.</summary>
    public RowPlaces Places { get; }

    /// <summary>The rows' keys while they are read.</summary>
    public ColumnValues Entity { get; }

    /// <summary>The source's columns.</summary>
    public ColumnValues[] Columns { get; }

    /// <summary>Number of rows read; the columns have room for at least as many.</summary>
    public int RowCount { get; private set; }

    /// <summary>Indices of the rows that are taken, ascending; null means all.</summary>
    public int[]? Taken { get; private set; }

    /// <summary>Number of rows that are taken.</summary>
    public int TakenCount => Taken?.Length ?? RowCount;

    /// <summary>Rows left out as they have no entity.</summary>
    public int WithoutEntity { get; private set; }

    /// <summary>Rows left out as they have no time.</summary>
    public int WithoutTime { get; private set; }

    /// <summary>Rows with a value that cannot be read as its type.</summary>
    public int BadCount { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<BadRow> Bad { get; private set; } = [];

    /// <summary>Instants of all rows; 0 where there is none; empty for facts without time.</summary>
    public ReadOnlySpan<long> Times => _times is null ? _startsOfDays : _times.Wide;

    /// <summary>Instants at which the rows became known, the greatest int64 where never; empty where the source has no such column.</summary>
    public ReadOnlySpan<long> Available => _available;

    /// <summary>Bytes in memory, with what is needed to store the rows.</summary>
    public long Bytes => Entity.Bytes + Columns.Sum(column => column.Bytes) + ((long)_room * StoringBytes)
        + ((_startsOfDays.Length + _available.Length + (Places.Lines?.Length ?? 0)) * sizeof(long));

    /// <summary>Notes that a value cannot be read; the row's first problem is kept.</summary>
    public void Problem(int row, string column, string value, string expected) =>
        _problems.TryAdd(row, new BadRow(Places.File, Places.LineOf(row), column, value.Length <= 100 ? value : value[..100] + "...", expected));

    /// <summary>Notes that a row as a whole cannot be read, which explains whatever its values looked like.</summary>
    public void Broken(int row, string value, string expected) => _problems[row] = new BadRow(Places.File, Places.LineOf(row), "", value, expected);

    /// <summary>Sorts out the rows: those without entity or time are left out, those with a problem are bad, the rest is taken.</summary>
    /// <param name="rowCount">Number of rows read, at most as many as there is room for.</param>
    public void Finish(int rowCount)
    {
        RowCount = rowCount;
        FillFromFolders();
        var source = _schema.Source;
        _times = source.Always || Columns[source.TimeColumn].Type != ColumnType.Timestamp ? null : Columns[source.TimeColumn];
        _startsOfDays = source.Always || _times is not null ? [] : InstantsOf(Columns[source.TimeColumn], 0);
        _available = source.AvailableColumn < 0 ? [] : InstantsOf(Columns[source.AvailableColumn], long.MaxValue);
        var time = source.Always ? Entity : Columns[source.TimeColumn];
        if (_problems.Count == 0 && rowCount == _room && !Entity.Valid.Contains(false) && !time.Valid.Contains(false))
        {
            return;
        }

        var taken = new List<int>(RowCount);
        var bad = new List<BadRow>();
        for (var row = 0; row < RowCount; row++)
        {
            var problem = _problems.GetValueOrDefault(row);
            if (!Entity.Valid[row] && !IsOf(problem, _schema.File.EntityColumn))
            {
                WithoutEntity++;
            }
            else if (!time.Valid[row] && !IsOf(problem, _schema.File.TimeColumn) && problem?.Column != _schema.File.EntityColumn)
            {
                WithoutTime++;
            }
            else if (problem is not null)
            {
                bad.Add(problem);
            }
            else
            {
                taken.Add(row);
            }
        }

        BadCount = bad.Count;
        Bad = [.. bad.Take(ProblemsMax)];
        Taken = [.. taken];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Entity.Dispose();
        foreach (var column in Columns)
        {
            column.Dispose();
        }
    }

    /// <summary>Gives every row what the file's folders say.</summary>
    private void FillFromFolders()
    {
        foreach (var (name, text) in _input.FolderValues)
        {
            if (text is not { Length: > 0 } || _input.OwnIndexOf(name) >= 0)
            {
                continue;
            }

            var bytes = Encoding.UTF8.GetBytes(text);
            FillRows(name == _schema.File.EntityColumn ? Entity : null, name, bytes);
            FillRows(_schema.Source.IndexOf(name) is var index && index >= 0 ? Columns[index] : null, name, bytes);
        }
    }

    private void FillRows(ColumnValues? column, string name, byte[] text)
    {
        for (var row = 0; row < RowCount && column is not null; row++)
        {
            if (!column.SetText(row, text))
            {
                Problem(row, name, Encoding.UTF8.GetString(text), column.Expected);
            }
        }
    }

    private static bool IsOf(BadRow? problem, string? column) => problem is not null && (problem.Column == column || problem.Column.Length == 0);

    private long[] InstantsOf(ColumnValues column, long whereNull)
    {
        var instants = new long[_room];
        for (var row = 0; row < RowCount; row++)
        {
            instants[row] = !column.Valid[row] ? whereNull
                : column.Type == ColumnType.Timestamp ? column.Wide[row]
                : _schema.StampZone.StartOfDay(column.Narrow[row]);
        }

        return instants;
    }
}
