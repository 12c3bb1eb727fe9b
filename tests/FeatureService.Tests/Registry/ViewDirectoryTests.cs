using FeatureService.Hosting;
using FeatureService.Tests.Support;

namespace FeatureService.Tests.Registry;

public sealed class ViewDirectoryTests
{
    private const string Good = "view: a\nfeatures:\n  n: count(app_opens) over 4w\n";

    [Fact]
    public async Task Every_error_of_the_views_is_told_before_the_service_listens()
    {
        var error = await Assert.ThrowsAsync<ServiceOptionsException>(() => TestService.StartAsync(
            [("default", Taxi.Snapshot)],
            [
                ("growth/a.view.yaml", Good),
                ("growth/b.view.yaml", Good),
                ("growth/c.view.yaml", "view: d\nfeatures:\n  n: count(app_opens) over 4w\n"),
                ("growth/e.view.yaml", "view: e\nfeatures:\n  n: count(app_openz) over 4w\n  m: sum(rides.fares) over 4w\n"),
                ("lost.view.yaml", Good),
                ("growth/README.md", "not a view"),
            ]));

        Assert.Equal(5, error.Errors.Count);
        Assert.Contains("growth/b.view.yaml: team growth has two views 'a', the other in growth/a.view.yaml", error.Errors);
        Assert.Contains("growth/c.view.yaml: its key is 'view: d', expected the name of its file, 'c'", error.Errors);
        Assert.Contains("lost.view.yaml: expected TEAM/VIEW.view.yaml in the views directory", error.Errors);
        Assert.Contains(error.Errors, e => e.StartsWith("growth/e.view.yaml:3:", StringComparison.Ordinal) && e.Contains("app_opens", StringComparison.Ordinal));
        Assert.Contains(error.Errors, e => e.StartsWith("growth/e.view.yaml:4:", StringComparison.Ordinal) && e.Contains("fare", StringComparison.Ordinal));
    }
}
