using System.Globalization;

namespace FeatureService.EndToEnd.Tests.Soak;

/// <summary>How long the soak is: one of each kind in CI, and what <c>tests/soak/run</c> says.</summary>
internal static class SoakSettings
{
    /// <summary>Runs of each kind.</summary>
    public static int Count { get; } = Number("FEATURES_SOAK_COUNT") ?? 1;

    /// <summary>Seed of all moments; a run that failed prints it.</summary>
    public static int Seed { get; } = Number("FEATURES_SOAK_SEED") ?? Environment.ProcessId;

    /// <summary>Words that the kinds have in common; empty for all.</summary>
    public static string Kind { get; } = Environment.GetEnvironmentVariable("FEATURES_SOAK_KIND") ?? "";

    /// <summary>Where the table of results goes, a line for each run: kind, how it ended, seconds; null for nowhere.</summary>
    public static string? Table { get; } = Environment.GetEnvironmentVariable("FEATURES_SOAK_TABLE");

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
