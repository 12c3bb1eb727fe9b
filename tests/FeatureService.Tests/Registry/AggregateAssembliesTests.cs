using FeatureService.Contracts.V1;
using FeatureService.Hosting;
using FeatureService.Samples.Aggregates;
using FeatureService.Testing;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Registry;

public sealed class AggregateAssembliesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_uses_the_aggregates_of_an_assembly_that_the_operator_names()
    {
        await using var service = await TestService.StartAsync(
            change: options => options with { Aggregates = [typeof(RootMeanSquare).Assembly.Location], Verify = 1 });
        using var readings = new MetricReadings(service.Host.Metrics);
        var request = Taxi.Get(5, 6);
        request.View = new ViewSelector { Definition = "view: v\nfeatures:\n  rms: root_mean_square(rides.fare) over 26w\n  streak: longest_streak_days(app_opens) over all\n" };

        var answer = await service.Vectors.GetFeatureVectorsAsync(request, cancellationToken: Cancellation);

        Assert.Equal(["user_id", "week", "rms", "streak", "row_status"], answer.Header.Columns.Select(column => column.Name));
        Assert.Equal(ColumnType.Float64, answer.Header.Columns[2].Type);
        Assert.All(readings.Of("feature_service.cells.verified"), reading => Assert.Equal("same", reading.Tags["feature_service.verdict"]));
    }

    [Fact]
    public async Task Without_the_assembly_the_name_is_unknown()
    {
        await using var service = await TestService.StartAsync();
        var request = Taxi.Get(5);
        request.View = new ViewSelector { Definition = "view: v\nfeatures:\n  rms: root_mean_square(rides.fare) over 26w\n" };

        var violations = await Expect.ViolationsAsync(service.Vectors.GetFeatureVectorsAsync(request, cancellationToken: Cancellation));

        Assert.Contains("unknown function 'root_mean_square'", Assert.Single(violations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_are_missing_are_no_assembly_or_have_no_aggregate_are_told()
    {
        using var folder = new TempFolder();
        var text = folder.Write("text.dll", "no assembly");
        await AssertRefusedAsync(folder["missing.dll"], "aggregates: there is no file");
        await AssertRefusedAsync(text, "cannot be loaded");
        await AssertRefusedAsync(typeof(TempFolder).Assembly.Location, "has no aggregate");
    }

    private static async Task AssertRefusedAsync(string file, string error)
    {
        var refused = await Assert.ThrowsAsync<ServiceOptionsException>(
            () => TestService.StartAsync(change: options => options with { Aggregates = [file] }));
        Assert.Contains(error, refused.Message, StringComparison.Ordinal);
    }
}
