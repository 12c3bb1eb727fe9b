using FeatureService.Core.Calendar;
using FeatureService.Engine.Execution;

namespace FeatureService.Caching;

/// <summary>Cuts the weeks of a part of a slice where its columns come from elsewhere: from blocks, from tile arrays, from events.</summary>
/// <param name="grid">The backfill.</param>
/// <param name="tiles">The part's tile arrays; null for none.</param>
internal sealed class PartWeeks(CachedGrid grid, PartTiles? tiles)
{
    /// <summary>The weeks, each with the columns that are computed for them.</summary>
    /// <param name="isComputed">By chunk and column whether no blocks of it were found; false afterwards where tile arrays were.</param>
    /// <param name="hasTiled">Whether any column is made of tile arrays.</param>
    public IEnumerable<WeekPart> Cut(bool[][] isComputed, out bool hasTiled)
    {
        var tiled = Tiled(isComputed);
        hasTiled = tiled.Any(columns => columns.Contains(true));
        return Parts(isComputed, tiled);
    }

    /// <summary>By chunk which of the columns that are computed are made of tile arrays, and not of events.</summary>
    private bool[][] Tiled(bool[][] isComputed)
    {
        var tiled = isComputed.Select(columns => new bool[columns.Length]).ToArray();
        for (var chunk = 0; tiles is not null && chunk < tiled.Length; chunk++)
        {
            var (first, last) = (grid.Weeks[grid.Chunks[chunk].First], grid.Weeks[grid.Chunks[chunk].First + grid.Chunks[chunk].Count - 1]);
            for (var column = 0; column < grid.Plan.Columns.Count; column++)
            {
                tiled[chunk][column] = isComputed[chunk][column] && tiles.Has(column, first, last);
                isComputed[chunk][column] &= !tiled[chunk][column];
            }

            grid.Cache.Metrics.Tiled(tiled[chunk].Count(isMade => isMade));
        }

        return tiled;
    }

    /// <summary>Chunks that compute the same columns go together; those of events beside those of tile arrays.</summary>
    private IEnumerable<WeekPart> Parts(bool[][] isComputed, bool[][] isTiled)
    {
        for (var chunk = 0; chunk < isComputed.Length;)
        {
            var end = chunk + 1;
            while (end < isComputed.Length
                && isComputed[end].AsSpan().SequenceEqual(isComputed[chunk]) && isTiled[end].AsSpan().SequenceEqual(isTiled[chunk]))
            {
                end++;
            }

            var (first, count) = (grid.Chunks[chunk].First, grid.Chunks[end - 1].First + grid.Chunks[end - 1].Count - grid.Chunks[chunk].First);
            var ofTiles = isTiled[chunk].Contains(true);
            if (!ofTiles || grid.Plan.Population is not null || isComputed[chunk].Contains(true))
            {
                var plan = grid.Plan.Computing(isComputed[chunk]);
                yield return new WeekPart(plan, first, count, tiles?.ToKeep(plan, new WeekRange(grid.Weeks[first], count, grid.Weeks.Step)));
            }

            if (ofTiles)
            {
                yield return new WeekPart(grid.Plan.Computing(isTiled[chunk], hasPopulation: false), first, count, tiles!.Given);
            }

            chunk = end;
        }
    }
}
