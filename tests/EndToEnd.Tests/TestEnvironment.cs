using System.Runtime.CompilerServices;

namespace FeatureService.EndToEnd.Tests;

/// <summary>What the processes that tests start inherit.</summary>
internal static class TestEnvironment
{
    /// <summary>Tests run beside others: workers that give way to all of them would make a test slow.</summary>
    [ModuleInitializer]
    internal static void Prepare() => Environment.SetEnvironmentVariable("FEATURES__WORKER_POLICY", "normal");
}
