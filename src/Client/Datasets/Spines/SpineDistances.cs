using FeatureService.Core.Calendar;

namespace FeatureService.Client.Datasets.Spines;

/// <summary>
/// How far instants lie behind the cutoffs of their weeks. They are counted by the second, so that memory does not grow with rows; the
/// least and the greatest are exact.
/// </summary>
internal sealed class SpineDistances
{
    /// <summary>No zone changes its clock by more than a day.</summary>
    private const int SecondsMax = 9 * 86_400;

    private readonly long[] _counts = new long[SecondsMax];
    private long _count;
    private long _min = long.MaxValue;
    private long _max = long.MinValue;

    /// <summary>Adds an instant.</summary>
    /// <param name="micros">Microseconds from its week's cutoff to it.</param>
    public void Add(long micros)
    {
        _counts[Math.Clamp(micros / Instants.MicrosPerSecond, 0, SecondsMax - 1)]++;
        _count++;
        _min = Math.Min(_min, micros);
        _max = Math.Max(_max, micros);
    }

    /// <summary>All of them in three numbers; null where there was none.</summary>
    public ManifestDistances? Finish()
    {
        if (_count == 0)
        {
            return null;
        }

        var below = 0L;
        var second = 0;
        while ((below += _counts[second]) <= (_count - 1) / 2)
        {
            second++;
        }

        return new ManifestDistances(_min, second * Instants.MicrosPerSecond, _max);
    }
}
