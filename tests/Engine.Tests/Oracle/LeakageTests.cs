using CsCheck;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;
using FeatureService.Engine.Planning;
using FeatureService.Testing;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>The canary: what happens at or after a cutoff never changes a feature of that cutoff.</summary>
public sealed class LeakageTests
{
    private static readonly Gen<OracleCase> s_cases = CaseGen.Of(rowsMax: 30, depth: 1);

    [Fact]
    public void Changing_adding_and_deleting_events_from_a_cutoff_on_leaves_its_features() =>
        Gen.Select(s_cases, s_cases, Gen.Int[0, 11], Gen.Bool).Sample(
            (oracle, other, index, delete) =>
            {
                var week = oracle.Weeks[index % oracle.Weeks.Count];
                var cutoff = oracle.Catalog.Calendar.Cutoff(week);
                // Events of another case, moved to lie at or after the cutoff, take the place of those that lie there.
                var changed = oracle with
                {
                    Rows =
                    [
                        .. oracle.Rows.Select((rows, source) => Changed(oracle, source, rows, delete ? [] : other.Rows[source], cutoff)),
                    ],
                };
                Assert.Equal(Features(oracle, week), Features(changed, week));
            },
            iter: 1000);

    /// <summary>What is known before the cutoff stays; the rest is replaced.</summary>
    private static EventRow[] Changed(OracleCase oracle, int source, EventRow[] rows, EventRow[] others, long cutoff)
    {
        if (oracle.Catalog.Sources[source].Always)
        {
            return rows;
        }

        var known = oracle.Catalog.Sources[source].AvailableColumn;
        var keep = rows.Where(row => Known(row, known) is { } at && at < cutoff);
        var keys = rows.Select(row => row.Key).Distinct().ToArray();
        var add = keys.Length == 0 ? [] : others.Select((row, index) => Moved(row, keys[index % keys.Length], known, index, cutoff));
        return [.. keep, .. add];
    }

    private static long? Known(EventRow row, int known) =>
        known < 0 ? (long)row.Values[0]! : row.Values[known] is { } at ? Math.Max((long)row.Values[0]!, (long)at) : null;

    /// <summary>Known at the cutoff itself or later: by its time, or where it can be by its availability alone.</summary>
    private static EventRow Moved(EventRow row, EntityKey key, int known, int index, long cutoff)
    {
        var values = row.Values.ToArray();
        var late = cutoff + (index % 3 * Instants.MicrosPerDay);
        if (known < 0 || index % 2 == 0)
        {
            values[0] = late;
        }
        else
        {
            values[0] = cutoff - (index * Instants.MicrosPerHour);
            values[known] = index % 5 == 1 ? null : late;
        }

        return new EventRow(key, values);
    }

    private static string[] Features(OracleCase oracle, int week)
    {
        var view = oracle.View();
        var plan = Plan.Create(oracle.Snapshot(), view, [.. view.Columns.Where(column => column.Role == FeatureRole.Feature)]);
        // Entities that only have events behind the cutoff may come or go: all entities are asked for by name.
        var keys = Enumerable.Range(-1, 5).Select(number => oracle.Catalog.EntityType == EntityKeyType.Int64
            ? EntityKey.Of(number)
            : EntityKey.Of($"user {number + 1}")).ToArray();
        return [.. Answer.OfList(plan, keys, [.. keys.Select(_ => week)]).Select(row => string.Join('|', row.Values))];
    }
}
