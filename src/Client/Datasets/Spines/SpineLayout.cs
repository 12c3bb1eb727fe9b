using FeatureService.Client.FanOut;
using FeatureService.Client.Transport;
using FeatureService.Core;
using FeatureService.Core.Columns;
using FeatureService.Core.Keys;
using FeatureService.Core.Tables;

namespace FeatureService.Client.Datasets.Spines;

/// <summary>What the columns of a spine are for, and the columns of the dataset that comes of it.</summary>
internal sealed record SpineLayout
{
    private const string WeekName = "week";
    private static readonly string _carried = string.Join(", ", Enum.GetValues<ColumnType>().Skip(1).Select(type => type.Name()));

    /// <summary>The spine.</summary>
    public required ITable Table { get; init; }

    /// <summary>How the spine is read.</summary>
    public required TableReading Reading { get; init; }

    /// <summary>Index of the entity's column.</summary>
    public required int Entity { get; init; }

    /// <summary>Index of the column of weeks or instants.</summary>
    public required int Week { get; init; }

    /// <summary>Whether <see cref="Week"/> has instants.</summary>
    public required bool HasInstants { get; init; }

    /// <summary>Indexes of the caller's own columns.</summary>
    public required IReadOnlyList<int> Own { get; init; }

    /// <summary>The dataset's columns: the entity, the week, the caller's own, features and labels, the row status.</summary>
    public required IReadOnlyList<DatasetColumn> Columns { get; init; }

    /// <summary>Those of <see cref="Columns"/> that come from the spine.</summary>
    public IReadOnlyList<DatasetColumn> SpineColumns => [.. Columns.Take(2 + Own.Count)];

    /// <summary>Finds the columns.</summary>
    /// <param name="query">The spine and its column of instants.</param>
    /// <param name="target">What is computed for its rows.</param>
    /// <exception cref="SpineException">A column is missing, has a wrong type or the name of another; everything at once.</exception>
    public static SpineLayout Of(SpineQuery query, ViewOnSnapshot target)
    {
        var (table, snapshot) = (query.Spine, target.Snapshot);
        var errors = new List<string>();
        var entity = Find(table, snapshot.EntityName, "the entity's", "", errors);
        var week = query.TimeColumn is { } time
            ? Find(table, time, "that of the instants", "", errors)
            : Find(table, WeekName, "that of the weeks", " (instants in another column are mapped to weeks by --spine-time)", errors);
        CheckEntity(table, entity, snapshot, errors);
        CheckWeek(table, week, query.TimeColumn is not null, errors);
        int[] own = [.. Enumerable.Range(0, table.Columns.Count).Where(i => i != entity && (i != week || query.TimeColumn is not null))];
        errors.AddRange(own.Select(i => table.Columns[i]).Where(column => column.Type == ColumnType.None).Select(column =>
            $"{table.Name}: column '{column.Name}' has type {column.TypeName}, which a dataset cannot carry: expected {_carried}; cast it, or leave it out"));
        CheckNames(table, own, target, errors);
        if (errors.Count > 0)
        {
            throw new SpineException(errors);
        }

        return new SpineLayout
        {
            Table = table,
            Reading = new TableReading(
                snapshot.Zone,
                query.TimeColumn is null ? new HashSet<string> { snapshot.EntityName, WeekName } : new HashSet<string> { snapshot.EntityName }),
            Entity = entity,
            Week = week,
            HasInstants = query.TimeColumn is not null,
            Own = own,
            Columns =
            [
                .. target.Columns.Take(2),
                .. own.Select(i => new DatasetColumn(table.Columns[i].Name, table.Columns[i].Type, DatasetColumnRole.Spine, "")),
                .. target.Columns.Skip(2),
            ],
        };
    }

    private static int Find(ITable table, string name, string what, string hint, List<string> errors)
    {
        var names = table.Columns.Select(column => column.Name).ToList();
        var index = names.IndexOf(name);
        if (index < 0)
        {
            errors.Add($"{table.Name}: there is no column '{name}', {what}: {NearestName.Hint(name, names)}{hint}");
        }

        return index;
    }

    private static void CheckEntity(ITable table, int index, SnapshotTopology snapshot, List<string> errors)
    {
        var expected = snapshot.EntityType == EntityKeyType.Int64 ? ColumnType.Int64 : ColumnType.String;
        if (index >= 0 && table.Columns[index] is { IsUntyped: false } column && column.Type != expected && column.Type != ColumnType.String)
        {
            errors.Add($"{table.Name}: column '{column.Name}' has type {column.TypeName}: expected {expected.Name()}, which the snapshot's entities are");
        }
    }

    private static void CheckWeek(ITable table, int index, bool hasInstants, List<string> errors)
    {
        if (index < 0)
        {
            return;
        }

        var column = table.Columns[index];
        if (hasInstants && column.Type is not (ColumnType.Timestamp or ColumnType.Date or ColumnType.String))
        {
            errors.Add($"{table.Name}: column '{column.Name}' has type {column.TypeName}: expected instants: timestamps, dates or text that reads as one");
        }

        if (!hasInstants && !column.IsUntyped && column.Type is not (ColumnType.Date or ColumnType.String))
        {
            errors.Add(
                $"{table.Name}: column '{column.Name}' has type {column.TypeName}: expected week keys, as dates or text"
                + (column.Type == ColumnType.Timestamp ? " (instants in another column are mapped to weeks by --spine-time)" : ""));
        }
    }

    /// <summary>Names must differ ignoring case, of all of the dataset's columns.</summary>
    private static void CheckNames(ITable table, int[] own, ViewOnSnapshot target, List<string> errors)
    {
        var known = target.Columns.ToDictionary(column => column.Name, What, StringComparer.OrdinalIgnoreCase);
        foreach (var name in own.Select(i => table.Columns[i].Name))
        {
            if (name.Length == 0)
            {
                errors.Add($"{table.Name}: a column has no name: expected one");
            }
            else if (!known.TryAdd(name, $"the column '{name}'") && known[name] is { } other)
            {
                errors.Add($"{table.Name}: the column '{name}' and {other} have one name, ignoring case: expected another one for the spine's");
            }
        }
    }

    private static string What(DatasetColumn column) => column.Role switch
    {
        DatasetColumnRole.Entity => $"the entity '{column.Name}'",
        DatasetColumnRole.Feature => $"the feature '{column.Name}'",
        DatasetColumnRole.Label => $"the label '{column.Name}'",
        _ => $"the dataset's own '{column.Name}'",
    };
}
