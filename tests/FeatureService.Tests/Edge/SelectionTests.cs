using FeatureService.Contracts.V1;
using FeatureService.Engine.Snapshots;
using FeatureService.Tests.Support;
using Grpc.Core;

namespace FeatureService.Tests.Edge;

public sealed class SelectionTests : IAsyncLifetime
{
    private static readonly ISnapshot _other = Taxi.Make(partitions: 1, slices: 1, fareFactor: 3);

    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(
        [("default", Taxi.Snapshot), ("other", _other)],
        [
            ("growth/taxi.view.yaml", Taxi.View),
            ("risk/taxi.view.yaml", Taxi.View),
            ("risk/fares.view.yaml", "view: fares\nfeatures:\n  fare: sum(rides.fare) over 4w\n"),
        ]);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("growth/taxi", "growth/taxi")]
    [InlineData("fares", "risk/fares")]
    public async Task A_published_view_is_found_by_its_name(string name, string expected)
    {
        var valid = await Validate(new ViewSelector { Name = name });

        Assert.Equal(expected, valid.Name);
        Assert.Equal(Taxi.Snapshot.Id, valid.SnapshotId);
        Assert.NotEmpty(valid.Definition);
        var pinned = await Validate(new ViewSelector { Name = $"{name}@{valid.ViewVersion}" });
        Assert.Equal(valid, pinned);
    }

    [Fact]
    public async Task A_text_is_a_view_too_and_has_the_version_of_its_published_twin()
    {
        var published = await Validate(new ViewSelector { Name = "growth/taxi" });
        var text = await Validate(new ViewSelector { Definition = "# a comment\n" + Taxi.View });

        Assert.Equal(published.ViewVersion, text.ViewVersion);
        Assert.Equal(published.Columns, text.Columns);
        Assert.Equal(["opens_4w", "fare_13w", "km_13w", "last_area", "opens_next"], text.Columns.Select(c => c.Name));
        Assert.Equal(
            [ColumnType.Int64, ColumnType.Int64, ColumnType.Float64, ColumnType.String, ColumnType.Bool], text.Columns.Select(c => c.Type));
        Assert.Equal(ColumnRole.Label, text.Columns[^1].Role);
    }

    [Fact]
    public async Task What_is_not_here_is_not_found_with_the_nearest_name()
    {
        var view = await Expect.StatusAsync(StatusCode.NotFound, () => Validate(new ViewSelector { Name = "farez" }));
        Assert.Contains("did you mean 'fares'?", view.Status.Detail, StringComparison.Ordinal);
        var snapshot = await Expect.StatusAsync(
            StatusCode.NotFound, () => Validate(Taxi.Selector, new SnapshotSelector { Name = "othr" }));
        Assert.Contains("did you mean 'other'?", snapshot.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_several_teams_use_needs_the_team()
    {
        var violations = await Expect.ViolationsAsync(() => Validate(new ViewSelector { Name = "taxi" }));

        Assert.Equal(["view.name: several teams have a view 'taxi': expected one of growth/taxi, risk/taxi"], violations);
    }

    [Fact]
    public async Task A_version_or_snapshot_id_that_is_not_loaded_is_a_failed_precondition()
    {
        var version = await Expect.StatusAsync(
            StatusCode.FailedPrecondition, () => Validate(new ViewSelector { Name = "fares@0123456789abcdef0123456789abcdef" }));
        Assert.Equal("VERSION_NOT_LOADED", Expect.Reason(version));

        foreach (var selector in (SnapshotSelector[])[new() { Id = "gone" }, new() { Name = "other", Id = Taxi.Snapshot.Id }])
        {
            var gone = await Expect.StatusAsync(StatusCode.FailedPrecondition, () => Validate(Taxi.Selector, selector));
            Assert.Equal("SNAPSHOT_GONE", Expect.Reason(gone));
        }

        Assert.Equal(_other.Id, (await Validate(Taxi.Selector, new SnapshotSelector { Id = _other.Id })).SnapshotId);
    }

    [Fact]
    public async Task Every_error_of_a_text_is_a_violation_at_its_place()
    {
        var violations = await Expect.ViolationsAsync(() => Validate(
            new ViewSelector { Definition = "view: v\nfeatures:\n  a: count(app_openz) over 4w\n  b: sum(rides.fare)\n" }));

        Assert.Equal(2, violations.Length);
        Assert.StartsWith("request:3:", violations[0], StringComparison.Ordinal);
        Assert.StartsWith("request:4:", violations[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_of_a_thousand_errors_still_fits_the_headers_of_an_answer()
    {
        var lines = Enumerable.Range(0, 1500).Select(i => $"  f{i}: sum(rides.no_such_column_at_all_{i}) over 4w\n");

        var violations = await Expect.ViolationsAsync(() => Validate(
            new ViewSelector { Definition = "view: v\nfeatures:\n" + string.Concat(lines) }));

        Assert.InRange(violations.Length, 10, 100);
        Assert.Matches(@"^: and \d+ more$", violations[^1]);
    }

    [Fact]
    public async Task The_topology_tells_what_is_served()
    {
        var topology = await _service.Cluster.GetTopologyAsync(
            new GetTopologyRequest(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["default", "other"], topology.Snapshots.Select(s => s.Name));
        var first = topology.Snapshots[0];
        Assert.Equal(Taxi.Snapshot.Id, first.Id);
        Assert.Equal("user_id", first.EntityName);
        Assert.Equal((2, 4), (first.Partitions, first.SlicesPerPartition));
        Assert.Equal(Taxi.Users, first.SliceEntities.Sum(e => e));
        Assert.Equal((ulong)Taxi.Snapshot.EventCount, first.Events);
        Assert.Equal("xxh3-64", first.KeyHash);
        Assert.Equal(1, first.WeekStart);
        Assert.Equal(Taxi.Snapshot.Catalog.Calendar.Zone.Starts, first.ZoneRules.StartsMicros);
        Assert.Equal(Taxi.Snapshot.Catalog.Calendar.Zone.OffsetSeconds, first.ZoneRules.OffsetSeconds);
        Assert.Equal(4U << 20, topology.Limits.UnaryResponseBytesMax);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(32, 4)]
    public async Task No_more_backfills_are_advised_than_are_let_in(int backfillsMax, int advised)
    {
        await using var service = await TestService.StartAsync(change: o => o with { Workers = 2, BackfillsMax = backfillsMax });

        var topology = await service.Cluster.GetTopologyAsync(
            new GetTopologyRequest(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(advised, topology.Limits.BackfillsInFlight);
    }

    private async Task<ValidateResponse> Validate(ViewSelector view, SnapshotSelector? snapshot = null) =>
        await _service.Views.ValidateAsync(
            new ValidateRequest { View = view, Snapshot = snapshot }, cancellationToken: TestContext.Current.CancellationToken);
}
