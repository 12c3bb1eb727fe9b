using System.Globalization;
using System.Text;
using FeatureService.Core.Calendar;
using FeatureService.Core.Keys;
using FeatureService.Engine.Definitions;

namespace FeatureService.Testing.Generators;

/// <summary>Events, a view and a grid: what an engine and its oracle are asked.</summary>
/// <param name="Catalog">The catalog.</param>
/// <param name="Placement">Partitions and slices.</param>
/// <param name="Rows">Rows of each source.</param>
/// <param name="CompleteUntil">The instant before which each source is whole; null: its last event.</param>
/// <param name="ViewText">The view.</param>
/// <param name="Weeks">The weeks.</param>
public sealed record OracleCase(
    Catalog Catalog,
    Placement Placement,
    EventRow[][] Rows,
    long?[] CompleteUntil,
    string ViewText,
    WeekRange Weeks)
{
    /// <summary>The snapshot of the rows.</summary>
    public MemorySnapshot Snapshot() => new(Catalog, Placement, Rows, CompleteUntil);

    /// <summary>The view, which must be right.</summary>
    /// <exception cref="InvalidOperationException">The view has errors.</exception>
    public FeatureView View()
    {
        var result = ViewCompiler.Compile(ViewText, "case.view.yaml", Catalog);
        return result.View ?? throw new InvalidOperationException(string.Join('\n', result.Diagnostics) + "\n" + ViewText);
    }

    /// <summary>All that is needed to see the case.</summary>
    public override string ToString()
    {
        var calendar = Catalog.Calendar;
        var text = new StringBuilder(ViewText);
        text.AppendLine(CultureInfo.InvariantCulture, $"zone {calendar.Zone.Id}, weeks start on {calendar.WeekStart}, {Placement}");
        text.AppendLine(CultureInfo.InvariantCulture, $"weeks {calendar.Format(Weeks.First)} x {Weeks.Count} step {Weeks.Step}");
        for (var source = 0; source < Rows.Length; source++)
        {
            var columns = string.Join(", ", Catalog.Sources[source].Columns.Select(column => column.Name));
            text.Append(CultureInfo.InvariantCulture, $"{Catalog.Sources[source].Name} ({columns})");
            text.Append(CultureInfo.InvariantCulture, $", complete until {CompleteUntil[source]}");
            text.AppendLine(CultureInfo.InvariantCulture, $", settles within {Catalog.Sources[source].SettlesWithin}");
            foreach (var row in Rows[source])
            {
                var values = row.Values.Select(value => Convert.ToString(value ?? "null", CultureInfo.InvariantCulture));
                text.AppendLine(CultureInfo.InvariantCulture, $"  {row.Key}: {string.Join(", ", values)}");
            }
        }

        return text.ToString();
    }
}
