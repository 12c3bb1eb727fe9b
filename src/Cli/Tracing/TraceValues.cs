using System.Globalization;
using FeatureService.Client.Transport;
using FeatureService.Core.Calendar;

namespace FeatureService.Cli.Tracing;

/// <summary>Values of a trace as text.</summary>
internal static class TraceValues
{
    /// <summary>A value as datasets write it; a null as <c>null</c>.</summary>
    public static string Text(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset time => Instants.Format((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond),
        ValueError error => $"no value: {error.Message}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!.ReplaceLineEndings("\\n"),
    };

    /// <summary>An instant; nothing where there is none.</summary>
    public static string Instant(long? micros) => micros is { } known ? Instants.Format(known) : "";
}
