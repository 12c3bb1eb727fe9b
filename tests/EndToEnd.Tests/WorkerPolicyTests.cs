using System.Text.Json;
using FeatureService.Testing;

namespace FeatureService.EndToEnd.Tests;

[Collection(TaxiWorld.Name)]
public sealed class WorkerPolicyTests(TaxiWorld world)
{
    [Theory]
    [InlineData("idle")]
    [InlineData("nice")]
    public async Task A_service_computes_under_the_policy_that_was_asked_for_and_tells_it(string policy)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "policies are Linux's");
        using var folder = new TempFolder();
        using var service = await ServiceProcess.StartAsync(world.Snapshot, world.Views, "--worker-policy", policy);

        var built = await FeatureCtl.RunAsync(
            "dataset", "build", "--server", service.Address, "--view", "coupon_response", "--weeks", "2024-W50", "--out", folder["week.csv"]);
        var status = await FeatureCtl.SucceedAsync("status", "--json", "--server", service.Address);

        Assert.True(built.ExitCode == 0, built.ToString());
        using var json = JsonDocument.Parse(status.Output);
        var classes = json.RootElement[0].GetProperty("status").GetProperty("workerClasses").EnumerateArray();
        var granted = classes.Select(c => c.GetProperty("policy").GetString()).ToArray();
        Assert.Equal("normal", granted[0]);

        // SCHED_IDLE may be refused, nice never is.
        Assert.True(granted[1] == policy || granted[1] == "nice", granted[1]);
    }
}
