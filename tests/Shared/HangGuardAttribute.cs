using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Xunit.v3;

namespace FeatureService.Tests.Shared;

/// <summary>
/// Ends a test that hangs, on every test of every assembly: it is cancelled after ten minutes, or those of
/// <c>FEATURES_TEST_MINUTES</c>, and where it does not heed that the process ends two minutes later with the test's name. A run then fails
/// soon and says why, instead of waiting for its own end.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class HangGuardAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan _cancelAfter = TimeSpan.FromMinutes(
        int.TryParse(Environment.GetEnvironmentVariable("FEATURES_TEST_MINUTES"), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? minutes : 10);

    private static readonly TimeSpan _endAfter = TimeSpan.FromMinutes(2);
    private static readonly ConcurrentDictionary<string, Timer> _timers = [];

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        var context = TestContext.Current;
        var isCancelled = false;
        _timers[test.UniqueID] = new Timer(
            _ =>
            {
                if (isCancelled)
                {
                    Environment.FailFast($"{test.TestDisplayName} hangs: it did not end {_endAfter} after it was cancelled");
                }

                isCancelled = true;
                Console.Error.WriteLine($"{test.TestDisplayName} is cancelled: it has run for {_cancelAfter}");
                context.CancelCurrentTest();
            },
            null,
            _cancelAfter,
            _endAfter);
    }

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (_timers.TryRemove(test.UniqueID, out var timer))
        {
            timer.Dispose();
        }
    }
}
