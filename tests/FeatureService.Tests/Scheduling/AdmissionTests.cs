using FeatureService.Scheduling;

namespace FeatureService.Tests.Scheduling;

public sealed class AdmissionTests
{
    [Fact]
    public void A_full_lane_refuses_and_says_when_to_come_back()
    {
        using var admission = new Admission(new AdmissionLimits(2, 1, 1));
        using var first = admission.Enter(WorkLane.Interactive);
        using var stream = admission.Enter(WorkLane.Backfill);
        var second = admission.Enter(WorkLane.Interactive);

        var refused = Assert.Throws<RequestException>(() => admission.Enter(WorkLane.Interactive));
        Assert.Equal(FailureKind.ResourceExhausted, refused.Kind);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        Assert.Throws<RequestException>(() => admission.Enter(WorkLane.Backfill));

        second.Dispose();
        second.Dispose();
        Assert.Equal(2, admission.Count);
        admission.Enter(WorkLane.Interactive).Dispose();
    }

    [Fact]
    public async Task Draining_refuses_new_requests_and_waits_for_those_inside()
    {
        using var admission = new Admission(new AdmissionLimits(2, 1, 1));
        var inside = admission.Enter(WorkLane.Backfill);

        var drained = admission.DrainAsync();

        Assert.Equal("DRAINING", Assert.Throws<RequestException>(() => admission.Enter(WorkLane.Interactive)).Reason);
        Assert.True(admission.Draining.IsCancellationRequested);
        Assert.False(drained.IsCompleted);
        inside.Dispose();
        await drained;
        Assert.Equal(0, admission.Count);
    }
}
