using System.Diagnostics;
using FeatureService.Contracts.V1;
using FeatureService.Registry;
using FeatureService.Testing;
using FeatureService.Tests.Support;
using Grpc.Core;

namespace FeatureService.Tests.Registry;

public sealed class ReloadTests : IAsyncLifetime
{
    private const string File = "growth/a.view.yaml";
    private const string Other = "growth/b.view.yaml";

    private TestService _service = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _service = await TestService.StartAsync([("default", Taxi.Snapshot)], [(File, Text("4w")), (Other, Text("4w", "b"))]);

    public async ValueTask DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_view_that_is_saved_is_in_use_soon()
    {
        var before = await VersionAsync();
        _service.WriteView(File, Text("5w"));
        var saved = Stopwatch.GetTimestamp();

        await Eventually.TrueAsync(async () => await VersionAsync() != before, Cancellation);

        // Within three seconds, as promised, where nothing else keeps the machine busy: it looks that often.
        Assert.True(Reloader.Period < TimeSpan.FromSeconds(3));
        TestContext.Current.TestOutputHelper!.WriteLine($"in use after {Stopwatch.GetElapsedTime(saved).TotalSeconds:0.00} s");
    }

    [Fact]
    public async Task A_broken_file_keeps_its_last_good_version_and_says_what_is_wrong()
    {
        var good = await VersionAsync();
        _service.WriteView(File, Text("4w").Replace("app_opens", "app_openz", StringComparison.Ordinal));
        _service.WriteView("growth/c.view.yaml", "view: c\n");
        _service.Host.Reloader.Look();

        Assert.Equal(good, await VersionAsync());
        var views = (await ListAsync()).Views;
        Assert.Equal(["growth/a", "growth/b", "growth/c"], views.Select(v => v.Name));
        Assert.Equal(
            [PublishedViewState.LastGood, PublishedViewState.Served, PublishedViewState.Broken], views.Select(v => v.State));
        Assert.Contains("did you mean 'app_opens'?", Assert.Single(views[0].Errors), StringComparison.Ordinal);
        Assert.StartsWith("growth/a.view.yaml:3:", views[0].Errors[0], StringComparison.Ordinal);
        Assert.Equal(good, views[0].ViewVersion);
        Assert.Equal(1, views[0].Features);
        var never = await Expect.StatusAsync(StatusCode.NotFound, () => GetAsync("growth/c"));
        Assert.Contains("view 'growth/c' has no version that could be served: growth/c.view.yaml:", never.Status.Detail, StringComparison.Ordinal);

        _service.WriteView(File, Text("6w"));
        _service.Host.Reloader.Look();
        Assert.Equal(PublishedViewState.Served, (await ListAsync()).Views[0].State);
        Assert.NotEqual(good, await VersionAsync());
    }

    [Fact]
    public async Task A_file_that_is_removed_goes_and_a_new_one_comes()
    {
        System.IO.File.Delete(_service.PathOf("views/" + Other));
        _service.WriteView("risk/d.view.yaml", Text("4w", "d"));
        _service.Host.Reloader.Look();

        Assert.Equal(["growth/a", "risk/d"], (await ListAsync()).Views.Select(v => v.Name));
        Assert.Equal(["risk/d"], (await ListAsync("risk")).Views.Select(v => v.Name));
        await Expect.StatusAsync(StatusCode.NotFound, () => GetAsync("growth/b"));
    }

    [Fact]
    public async Task A_version_that_was_served_before_is_still_found_by_its_pin()
    {
        var first = await GetAsync("a");
        _service.WriteView(File, Text("5w"));
        _service.Host.Reloader.Look();

        var pinned = await GetAsync("growth/a@" + first.ViewVersion);
        Assert.Equal(first, pinned);
        Assert.NotEqual(first.Definition, (await GetAsync("growth/a")).Definition);
        Assert.Equal("VERSION_NOT_LOADED", Expect.Reason(await Expect.StatusAsync(StatusCode.FailedPrecondition, () => GetAsync("growth/a@0"))));
    }

    [Fact]
    public async Task A_directory_that_goes_leaves_the_views_and_is_reported()
    {
        System.IO.Directory.Move(_service.PathOf("views"), _service.PathOf("gone"));
        _service.Host.Reloader.Look();
        var list = await ListAsync();
        Assert.Equal(2, list.Views.Count);
        Assert.StartsWith("views directory ", list.Error, StringComparison.Ordinal);

        System.IO.Directory.Move(_service.PathOf("gone"), _service.PathOf("views"));
        _service.Host.Reloader.Look();
        Assert.Equal("", (await ListAsync()).Error);
    }

    [Fact]
    public async Task A_mounted_directory_that_swaps_a_link_is_read_anew()
    {
        // As a ConfigMap is mounted: names are links through ..data, which is swapped.
        Generation("..1", Text("4w", "m"));
        System.IO.File.CreateSymbolicLink(_service.PathOf("views/..data"), "..1");
        System.IO.File.CreateSymbolicLink(_service.PathOf("views/ops"), "..data/ops");
        _service.Host.Reloader.Look();
        Assert.Equal(["growth/a", "growth/b", "ops/m"], (await ListAsync()).Views.Select(v => v.Name));
        var before = await VersionAsync("ops/m");

        Generation("..2", Text("7w", "m"));
        System.IO.File.Delete(_service.PathOf("views/..data"));
        System.IO.File.CreateSymbolicLink(_service.PathOf("views/..data"), "..2");
        System.IO.Directory.Delete(_service.PathOf("views/..1"), recursive: true);
        _service.Host.Reloader.Look();
        Assert.NotEqual(before, await VersionAsync("ops/m"));
        Assert.All((await ListAsync()).Views, v => Assert.Equal(PublishedViewState.Served, v.State));
    }

    private void Generation(string name, string text) => _service.WriteView(name + "/ops/m.view.yaml", text);

    private static string Text(string window, string name = "a") => $"view: {name}\nfeatures:\n  n: count(app_opens) over {window}\n";

    private async Task<ListResponse> ListAsync(string team = "") =>
        await _service.Views.ListAsync(new ListRequest { Team = team }, cancellationToken: Cancellation);

    private async Task<GetResponse> GetAsync(string name) => await _service.Views.GetAsync(new GetRequest { Name = name }, cancellationToken: Cancellation);

    private async Task<string> VersionAsync(string name = "growth/a") => (await GetAsync(name)).ViewVersion;
}
