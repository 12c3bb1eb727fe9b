using FeatureService.Contracts.V1;
using FeatureService.Core.Keys;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Pipeline.Requests;

/// <summary>The rows of a GetFeatureVectors or a minibatch: row i is (Keys[i], Weeks[i]).</summary>
/// <param name="Keys">Each row's entity.</param>
/// <param name="Weeks">Each row's week, by number.</param>
internal sealed record ListRows(ArraySegment<EntityKey> Keys, ArraySegment<int> Weeks);

/// <summary>Reads the rows of requests.</summary>
internal static class RowsReader
{
    /// <summary>The rows of a GetFeatureVectors or a minibatch; null where they are wrong, which is then noted.</summary>
    /// <param name="grid">Named entities times weeks; null for none.</param>
    /// <param name="list">Rows one by one; null for none.</param>
    /// <param name="snapshot">Its snapshot.</param>
    /// <param name="fits">Asked, before the rows are written out, whether so many rows with so many bytes of key texts may be answered; notes if not.</param>
    /// <param name="violations">Where faults are noted.</param>
    public static ListRows? ReadList(
        Grid? grid, RowList? list, ISnapshot snapshot, Func<long, long, bool> fits, Violations violations)
    {
        if (grid is not null)
        {
            return ReadNamedGrid(grid, snapshot, fits, violations);
        }

        if (list is not null)
        {
            return ReadRowList(list, snapshot, fits, violations);
        }

        violations.Add("rows", "expected a grid or a list");
        return null;
    }

    /// <summary>The rows of a backfill; null where they are wrong, which is then noted.</summary>
    public static GridRows? ReadGrid(Grid? grid, ISnapshot snapshot, Violations violations)
    {
        if (grid is null)
        {
            violations.Add("grid", "expected weeks and entities");
            return null;
        }

        var placement = snapshot.Placement;
        var weeks = WeeksReader.Read(grid.Weeks, snapshot.Catalog.Calendar, violations);
        switch (grid.EntitiesCase)
        {
            case Grid.EntitiesOneofCase.Slices:
                var isRun = CheckRun(grid.Slices, placement, violations);
                return isRun && weeks is { } ofRun
                    ? GridRows.OfRun(
                        ofRun, placement, new Core.Keys.SliceId(grid.Slices.Partition, grid.Slices.FirstSlice), grid.Slices.SliceCount)
                    : null;
            case Grid.EntitiesOneofCase.Keys:
                var keys = KeysReader.ReadDistinct(grid.Keys, "grid.keys", snapshot.Catalog.EntityType, violations);
                return keys is not null && weeks is { } ofKeys
                    ? GridRows.OfKeys(ofKeys, placement, keys, snapshot.Catalog.EntityType)
                    : null;
            default:
                return weeks is { } ofAll ? GridRows.OfAll(ofAll, placement) : null;
        }
    }

    private static ListRows? ReadNamedGrid(Grid grid, ISnapshot snapshot, Func<long, long, bool> fits, Violations violations)
    {
        var weeks = WeeksReader.Read(grid.Weeks, snapshot.Catalog.Calendar, violations);
        if (grid.EntitiesCase != Grid.EntitiesOneofCase.Keys)
        {
            violations.Add("grid.keys", "expected named entities: all entities and runs of slices are the work of Backfill");
            return null;
        }

        var keys = KeysReader.ReadDistinct(grid.Keys, "grid.keys", snapshot.Catalog.EntityType, violations);
        if (keys is null || weeks is not { } range
            || !fits((long)keys.Length * range.Count, keys.Sum(k => (long)k.Utf8.Length) * range.Count))
        {
            return null;
        }

        var rowKeys = new EntityKey[keys.Length * range.Count];
        var rowWeeks = new int[rowKeys.Length];
        for (var i = 0; i < rowKeys.Length; i++)
        {
            var (key, week) = Math.DivRem(i, range.Count);
            rowKeys[i] = keys[key];
            rowWeeks[i] = range[week];
        }

        return new ListRows(rowKeys, rowWeeks);
    }

    private static ListRows? ReadRowList(RowList list, ISnapshot snapshot, Func<long, long, bool> fits, Violations violations)
    {
        var keys = KeysReader.Read(list.Keys, "list.keys", snapshot.Catalog.EntityType, violations);
        if (keys is not null && keys.Length != list.Weeks.Count)
        {
            violations.Add("list.weeks", $"{list.Weeks.Count} weeks for {keys.Length} keys: expected as many");
            return null;
        }

        if (keys is null || !fits(keys.Length, keys.Sum(k => (long)k.Utf8.Length)))
        {
            return null;
        }

        var weeks = new int[keys.Length];
        var areGood = true;
        var known = new Dictionary<string, int>();
        for (var i = 0; i < weeks.Length; i++)
        {
            if (known.TryGetValue(list.Weeks[i], out weeks[i]))
            {
                continue;
            }

            var week = WeeksReader.ReadWeek(list.Weeks[i], $"list.weeks[{i}]", snapshot.Catalog.Calendar, violations);
            areGood &= week is not null;
            if (week is { } good)
            {
                known[list.Weeks[i]] = weeks[i] = good;
            }
        }

        return areGood ? new ListRows(keys, weeks) : null;
    }

    private static bool CheckRun(SliceRun run, Placement placement, Violations violations)
    {
        if (run.Partition < 0 || run.Partition >= placement.Partitions)
        {
            violations.Add("grid.slices.partition", $"{run.Partition} is no partition: expected 0 to {placement.Partitions - 1}");
            return false;
        }

        if (run.FirstSlice < 0 || run.SliceCount < 1 || (long)run.FirstSlice + run.SliceCount > placement.SlicesPerPartition)
        {
            violations.Add(
                "grid.slices",
                $"{run.SliceCount} slices from {run.FirstSlice} on: expected at least one of the slices 0 to {placement.SlicesPerPartition - 1}");
            return false;
        }

        return true;
    }
}
