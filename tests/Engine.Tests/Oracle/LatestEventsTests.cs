using CsCheck;
using FeatureService.Core.Columns;
using FeatureService.Engine.Planning;
using FeatureService.Testing.Generators;

namespace FeatureService.Engine.Tests.Oracle;

/// <summary>Windows of so many latest events, of every aggregate, against the reference evaluator.</summary>
public sealed class LatestEventsTests
{
    private static readonly Gen<string> s_windows =
        from count in Gen.Frequency((6, (IGen<int>)Gen.Int[1, 5]), (2, Gen.Int[6, 30]), (1, Gen.Const(int.MaxValue)))
        from lag in Gen.OneOf("", "", " lag 1w", " lag 3d", " lag 30h")
        select $"last {count} events{lag}";

    private static readonly Gen<string> s_aggregates =
        from type in Gen.OneOf(ColumnType.Int64, ColumnType.Float64, ColumnType.Float64, ColumnType.String, ColumnType.Bool)
        from aggregate in AggregateGen.Of(type, isLabel: false, depth: 1, s_windows)
        select aggregate;

    [Fact]
    public void Windows_of_latest_events_have_the_bits_of_the_reference() =>
        Gen.Select(CaseGen.Of(rowsMax: 60, depth: 0), s_aggregates.Array[1, 5]).Sample(
            (oracle, aggregates) =>
            {
                var lines = aggregates.Index().Select(line => $"  x{line.Index}: '{line.Item.Replace("'", "''")}'\n");
                var latest = oracle with { ViewText = $"view: latest\nfeatures:\n{string.Concat(lines)}" };
                var plan = Plan.Create(latest.Snapshot(), latest.View(), latest.View().Columns);
                Expected.Equal(plan, Expected.OfGrid(plan, latest.Weeks), Answer.OfGrid(plan, latest.Weeks));
            },
            iter: 500);
}
