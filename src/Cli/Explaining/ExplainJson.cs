using System.Text.Encodings.Web;
using System.Text.Json;
using FeatureService.Client.FanOut;

namespace FeatureService.Cli.Explaining;

/// <summary>A plan and its cost as JSON.</summary>
internal static class ExplainJson
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Prints a plan.</summary>
    public static void Print(ExplainedBackfill explained, TextWriter output)
    {
        var plan = explained.Plan;
        output.WriteLine(JsonSerializer.Serialize(
            new
            {
                view = explained.View.Name,
                plan.ViewVersion,
                snapshot = plan.SnapshotId,
                columns = plan.Columns.Select(c => new { c.Column.Name, role = c.Column.Role.ToString().ToLowerInvariant(), c.NormalForm }),
                plan.Sources,
                plan.Cache,
                weeks = explained.Weeks.ToString(),
                plan.Entities,
                weekCount = plan.Weeks,
                plan.HasPopulation,
                plan.Slices,
                plan.Tasks,
                plan.Workers,
                explained.Services,
                shards = explained.ShardRows.Select(rows => new { rows }),
                cost = new { plan.Cost.Events, plan.Cost.Rows, plan.Cost.Cells, plan.Cost.Bytes, plan.Cost.CpuSeconds, explained.Seconds },
            },
            s_options));
    }
}
