using System.Globalization;

namespace FeatureService.Cli.CommandLine;

/// <summary>Progress as plain lines, at most one each interval.</summary>
/// <param name="title">What is being done.</param>
/// <param name="error">Where the lines go.</param>
/// <param name="time">The clock.</param>
/// <param name="interval">Between two lines.</param>
internal sealed class LineProgress(string title, TextWriter error, TimeProvider time, TimeSpan interval) : IProgress<ProgressUpdate>
{
    private readonly Lock _lock = new();
    private long _last = time.GetTimestamp();

    /// <inheritdoc/>
    public void Report(ProgressUpdate value)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_last) < interval)
            {
                return;
            }

            _last = time.GetTimestamp();
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {value.Fraction * 100:F0} %, {value.Text}"));
        }
    }
}
