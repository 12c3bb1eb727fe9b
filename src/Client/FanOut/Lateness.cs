namespace FeatureService.Client.FanOut;

/// <summary>Knows what a shard takes, by those that are done, and so which one is late.</summary>
/// <param name="factor">How many times the median is late.</param>
internal sealed class Lateness(double factor)
{
    /// <summary>Below it a second pod would not be done sooner.</summary>
    private static readonly TimeSpan LeastMin = TimeSpan.FromSeconds(2);

    /// <summary>Shards that must be done before one can be late.</summary>
    private const int SamplesMin = 3;

    /// <summary>Shards of which the median is: the last ones.</summary>
    private const int SamplesMax = 101;

    /// <summary>At most one shard in so many is doubled, the first apart: what is slow everywhere is not made slower.</summary>
    private const int ShardsPerDouble = 10;

    private readonly Lock _lock = new();
    private readonly Queue<double> _secondsPerRow = new();
    private int _finished;
    private int _doubled;

    /// <summary>A shard is done.</summary>
    /// <param name="took">Time that pods had for it; what its receiver took apart.</param>
    /// <param name="weight">Its size.</param>
    public void Finished(TimeSpan took, long weight)
    {
        lock (_lock)
        {
            _finished++;
            _secondsPerRow.Enqueue(took.TotalSeconds / weight);
            if (_secondsPerRow.Count > SamplesMax)
            {
                _secondsPerRow.Dequeue();
            }
        }
    }

    /// <summary>After which time a shard is late; null where nobody can tell.</summary>
    /// <param name="weight">Its size.</param>
    public TimeSpan? LateAfter(long weight)
    {
        lock (_lock)
        {
            if (_secondsPerRow.Count < SamplesMin || double.IsPositiveInfinity(factor))
            {
                return null;
            }

            var median = _secondsPerRow.Order().ElementAt(_secondsPerRow.Count / 2);
            var seconds = Math.Min(factor * median * weight, TimeSpan.FromDays(1).TotalSeconds);
            return seconds > LeastMin.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LeastMin;
        }
    }

    /// <summary>Asks to double a shard that is late.</summary>
    /// <returns>Whether so few have been that it may.</returns>
    public bool TryDouble()
    {
        lock (_lock)
        {
            if (_doubled > _finished / ShardsPerDouble)
            {
                return false;
            }

            _doubled++;
            return true;
        }
    }
}
