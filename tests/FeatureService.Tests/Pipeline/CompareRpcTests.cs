using FeatureService.Contracts.V1;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Pipeline;

public sealed class CompareRpcTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_against_itself_changes_nothing()
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.Views.CompareAsync(Request(Taxi.View), cancellationToken: Cancellation);

        Assert.All(answer.Columns, column => Assert.Equal((ColumnChange.Same, 0.0), (column.Change, column.Changed)));
        Assert.Empty(answer.Recomputed);
        Assert.Equal((3 * 11L, 3 * 11L), (answer.Rows, answer.NewPopulation));
        Assert.Equal(answer.OldVersion, answer.NewVersion);
    }

    [Fact]
    public async Task Other_number_types_change_no_value_that_float32_holds()
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.Views.CompareAsync(Request(Taxi.View + "\nnumbers: float32"), cancellationToken: Cancellation);

        var opens = answer.Columns.Single(column => column.Name == "opens_4w");
        Assert.Equal((ColumnChange.Changed, 0.0), (opens.Change, opens.Changed));
        Assert.Equal((ColumnType.Int64, ColumnType.Float32), (opens.OldValues.Type, opens.NewValues.Type));
        Assert.Equal(opens.OldValues.Quantiles, opens.NewValues.Quantiles);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once()
    {
        await using var service = await TestService.StartAsync();
        var request = Request("view: v\nfeatures:\n  f: coun(rides) over 1w\n");
        request.Entities.Int64Keys.Add(1);
        request.Weeks.First = "2024-W99";

        var violations = await Expect.ViolationsAsync(service.Views.CompareAsync(request, cancellationToken: Cancellation));

        Assert.Equal(3, violations.Length);
        Assert.Contains(violations, v => v.StartsWith("new:3:6", StringComparison.Ordinal));
    }

    private static CompareRequest Request(string @new) => new()
    {
        OldView = Taxi.Selector,
        NewView = new ViewSelector { Definition = @new },
        Weeks = Taxi.Weeks(),
        Entities = Taxi.Keys(1, 2, 3),
    };
}
