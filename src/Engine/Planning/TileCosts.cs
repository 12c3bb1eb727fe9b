namespace FeatureService.Engine.Planning;

/// <summary>What the states of a plan's tile arrays cost to work out from events, by the rates of <see cref="StepRates"/>.</summary>
internal static class TileCosts
{
    /// <summary>By fingerprint of the array the seconds of one state, by how many events a grid's weeks hold.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="grid">How much the grid is.</param>
    public static Dictionary<string, double> Of(Plan plan, GridCounts grid)
    {
        var geometry = plan.Lay(grid.Weeks.First, grid.Weeks.Last - grid.Weeks.First + 1);
        var costs = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < plan.Program.Sources.Length; i++)
        {
            var (source, tiles) = (plan.Program.Sources[i], plan.Tiles.Sources[i]);
            var weeks = geometry.Count + geometry.Reaches[i].TileEnd - geometry.Reaches[i].TileMin - 1;
            var events = grid.Scanned[i] / Math.Max(1.0, (double)grid.Entities * Math.Max(1, weeks));
            Add(costs, source, tiles, events);
        }

        return costs;
    }

    private static void Add(Dictionary<string, double> costs, SourcePlan source, SourceTiles tiles, double events)
    {
        var scan = StepRates.Event + (source.Rows.Inputs.Length * StepRates.Column) + (source.Rows.StepCount * StepRates.EventStep);
        var arrays = tiles.Counts.Concat(tiles.States).Concat(tiles.Sums).OfType<TileArray>().DistinctBy(array => array.Fingerprint).Count();
        Put(tiles.Counts, set => SetOf(set) + (StepRates.Boundary / Math.Max(events, 1)));
        Put(tiles.States, state => ValueOf(source.Tiles[state].Values) + (KeptOf(source.Values[source.Tiles[state].Values].Set) * StepRates.Fold(source.Tiles[state].Kind)));
        Put(tiles.Sums, values => ValueOf(values) + KeptOf(source.Values[values].Set));

        double KeptOf(int set) => source.Sets[set].Where >= 0 ? StepRates.Kept : 1;
        double SetOf(int set) => source.Sets[set].Where >= 0 || source.Sets[set].Input >= 0 ? StepRates.Choice : 0;
        double ValueOf(int values) => KeptOf(source.Values[values].Set) * (source.Values[values].Form == ValueForm.Key ? StepRates.Key : StepRates.Value);

        void Put(TileArray?[] some, Func<int, double> perEvent)
        {
            for (var i = 0; i < some.Length; i++)
            {
                if (some[i] is { } array)
                {
                    costs[array.Fingerprint] = events * ((scan / arrays) + perEvent(i)) / 1e9;
                }
            }
        }
    }
}
