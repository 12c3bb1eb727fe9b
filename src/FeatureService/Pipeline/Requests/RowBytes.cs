using System.Runtime.CompilerServices;
using FeatureService.Core.Columns;
using FeatureService.Engine.Planning;

namespace FeatureService.Pipeline.Requests;

/// <summary>How much an answer weighs before it is computed: a lower bound, as texts have their length only afterwards.</summary>
internal static class RowBytes
{
    /// <summary>A week, and the offset and shortest text of a row status.</summary>
    private const int Fixed = sizeof(int) + sizeof(int) + 2;

    private static readonly ConditionalWeakTable<Plan, StrongBox<long>> _ofPlans = [];

    /// <summary>Bytes of one row, texts of string columns left out.</summary>
    /// <param name="plan">The columns; null for none.</param>
    public static long Of(Plan? plan) => Fixed + sizeof(long) + (plan is null ? 0 : _ofPlans.GetValue(plan, Columns).Value);

    private static StrongBox<long> Columns(Plan plan) =>
        new(plan.Columns.Sum(c => c.OutputType == ColumnType.String ? sizeof(int) : (long)c.OutputType.Width()));
}
