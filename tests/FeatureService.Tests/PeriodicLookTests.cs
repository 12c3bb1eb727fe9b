using FeatureService.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FeatureService.Tests;

public sealed class PeriodicLookTests
{
    [Fact]
    public async Task A_look_that_fails_is_told_and_does_not_end_the_looking()
    {
        var time = new FakeTimeProvider();
        using var look = new Failing(time);
        await look.StartAsync(TestContext.Current.CancellationToken);

        // The looking begins when the host has a thread for it: the clock goes on until it has.
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return look.Faults >= 3;
            },
            TestContext.Current.CancellationToken,
            "three looks have failed and were told");

        await look.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(look.ExecuteTask!.IsCompletedSuccessfully);
        Assert.Equal(look.Looks, look.Faults);
    }

    private sealed class Failing(TimeProvider time) : PeriodicLook(TimeSpan.FromSeconds(5), time)
    {
        private volatile int _looks;
        private volatile int _faults;

        public int Looks => _looks;

        public int Faults => _faults;

        public override void Look()
        {
            _looks++;
            throw new InvalidOperationException("a fault");
        }

        protected override void LogFault(Exception exception) => _faults++;
    }
}
