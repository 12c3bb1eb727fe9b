using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Engine.Planning;

/// <summary>
/// What is computed for a choice of a view's columns on one snapshot: the shared scans, tiles and windows behind them. Immutable,
/// used by any number of requests at once; independent of which entities and weeks are asked for.
/// </summary>
public sealed class Plan
{
    /// <summary>A view's columns are cached or not by kind, so there are few; the bound only guards memory.</summary>
    private const int PartsMax = 64;

    /// <summary>Single weeks whose geometry is kept: nearly five years, some kilobytes a week for a plan with many windows.</summary>
    private const int SingleWeeksMax = 1 << 8;

    // Small requests ask for one week, each for another; a slot is the week's for which it was laid last.
    private readonly WeekGeometry?[] _singleWeeks = new WeekGeometry?[SingleWeeksMax];
    private readonly bool[] _isComputed;
    private readonly ConcurrentDictionary<string, Plan> _parts = new(StringComparer.Ordinal);

    // Requests come in runs over the same weeks: all slices of a backfill.
    private volatile WeekGeometry? _lastGeometry;
    private ListCost? _listCost;
    private PlanTiles? _tiles;

    private Plan(ISnapshot snapshot, FeatureView view, IReadOnlyList<FeatureColumn> columns, FeatureColumn? population, bool[] isComputed)
    {
        Snapshot = snapshot;
        View = view;
        Columns = columns;
        Population = population;
        _isComputed = isComputed;
        Id = Hash(snapshot, columns, population);
        Program = new PlanBuilder(snapshot.Catalog).Build(columns, population, isComputed);
    }

    /// <summary>The snapshot that is read.</summary>
    public ISnapshot Snapshot { get; }

    /// <summary>The view that the columns are of.</summary>
    public FeatureView View { get; }

    /// <summary>The columns of the output, features before labels, in the order of the view.</summary>
    public IReadOnlyList<FeatureColumn> Columns { get; }

    /// <summary>Which rows of a grid exist, a bool that no output has; null where all do. Lists have all of their rows.</summary>
    public FeatureColumn? Population { get; }

    /// <summary>
    /// Hash of the snapshot's id, of names, fingerprints and types of <see cref="Columns"/>, and of the population; 32 hexadecimal digits.
    /// </summary>
    public string Id { get; }

    /// <summary>What a few rows of it cost.</summary>
    public ListCost ListCost => _listCost ??= ListCost.Of(Program, WeekGeometry.Of(Snapshot, Program, Columns, 0, 1));

    internal PlanProgram Program { get; }

    /// <summary>The plan's tile arrays.</summary>
    internal PlanTiles Tiles => _tiles ??= new PlanTiles(Snapshot.Catalog, Program);

    /// <summary>Memory of threads that work on the plan, kept between tasks; of a type of a later stage.</summary>
    /// <remarks>A stack has no lock: no thread waits for one that the system has stopped.</remarks>
    internal ConcurrentStack<IDisposable> Workspaces { get; } = [];

    /// <summary>Plans columns of a view.</summary>
    /// <param name="snapshot">The snapshot; the view must be bound against its catalog.</param>
    /// <param name="view">The view.</param>
    /// <param name="columns">Columns of the view, in its order.</param>
    /// <param name="population">The view's population where it is to decide the rows of grids; null for all rows.</param>
    public static Plan Create(
        ISnapshot snapshot, FeatureView view, IReadOnlyList<FeatureColumn> columns, FeatureColumn? population = null) =>
        new(snapshot, view, columns, population, [.. columns.Select(_ => true)]);

    /// <summary>Whether a column is computed; the values of the others are put into a run by <see cref="Execution.SliceRun.Put"/>.</summary>
    /// <param name="column">Index in <see cref="Columns"/>.</param>
    public bool Computes(int column) => _isComputed[column];

    /// <summary>The same rows and columns with the same statuses, of which only some columns are computed.</summary>
    /// <param name="isComputed">For each column whether it is.</param>
    /// <param name="hasPopulation">False where another plan decides which rows exist.</param>
    public Plan Computing(IReadOnlyList<bool> isComputed, bool hasPopulation = true)
    {
        var population = hasPopulation ? Population : null;
        var key = string.Concat(isComputed.Select(computed => computed ? '1' : '0')) + (population == Population ? "" : "-");
        if (_parts.TryGetValue(key, out var known))
        {
            return known;
        }

        var part = isComputed.All(computed => computed) && population == Population
            ? this
            : new Plan(Snapshot, View, Columns, population, [.. isComputed]);
        return _parts.Count < PartsMax ? _parts.GetOrAdd(key, part) : part;
    }

    /// <summary>For each column what tile arrays it can be made of on some weeks; null of one that needs events, or is not computed.</summary>
    /// <param name="weeks">The weeks.</param>
    public IReadOnlyList<TiledColumn?> TiledOn(WeekRange weeks)
    {
        var geometry = Lay(weeks.First, weeks.Last - weeks.First + 1);
        return [.. Columns.Select((_, column) => Computes(column) ? Tiles.Of(column, geometry) : null)];
    }

    /// <summary>The tile arrays that a run over events works out on some weeks, and for which weeks.</summary>
    /// <param name="weeks">The weeks.</param>
    public IEnumerable<TileWeeks> TilesOn(WeekRange weeks) => Tiles.On(Lay(weeks.First, weeks.Last - weeks.First + 1));

    /// <summary>The weeks that <see cref="Execution.TileTable"/>s need room for where a run over events on some weeks fills them.</summary>
    /// <param name="weeks">The weeks.</param>
    public WeekRange TileRoomOn(WeekRange weeks)
    {
        var geometry = Lay(weeks.First, weeks.Last - weeks.First + 1);
        var first = geometry.Reaches.Select(reach => weeks.First + reach.TileMin).DefaultIfEmpty(weeks.First).Min();
        return new WeekRange(first, geometry.Reaches.Select(reach => weeks.Last + reach.TileEnd).DefaultIfEmpty(weeks.Last).Max() - first);
    }

    /// <summary>The plan laid on a range of weeks.</summary>
    internal WeekGeometry Lay(int first, int count)
    {
        if (count == 1)
        {
            return LaySingle(first);
        }

        var last = _lastGeometry;
        if (last is null || last.First != first || last.Count != count)
        {
            last = WeekGeometry.Of(Snapshot, Program, Columns, first, count);
            _lastGeometry = last;
        }

        return last;
    }

    private WeekGeometry LaySingle(int week)
    {
        ref var slot = ref _singleWeeks[week & (SingleWeeksMax - 1)];
        var laid = Volatile.Read(ref slot);
        if (laid is null || laid.First != week)
        {
            laid = WeekGeometry.Of(Snapshot, Program, Columns, week, 1);
            Volatile.Write(ref slot, laid);
        }

        return laid;
    }

    private static string Hash(ISnapshot snapshot, IReadOnlyList<FeatureColumn> columns, FeatureColumn? population)
    {
        var text = new StringBuilder(snapshot.Id);
        foreach (var column in columns)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{column.Name} {column.Role} {column.OutputType.Name()} {column.Fingerprint}");
        }

        if (population is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\npopulation {population.Fingerprint}");
        }

        return Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
