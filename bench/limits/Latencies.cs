namespace FeatureService.Bench.Limits;

/// <summary>Milliseconds of many calls.</summary>
internal sealed class Latencies
{
    private readonly double[] _sorted;

    /// <summary>Of calls in any order.</summary>
    public Latencies(double[] milliseconds) => _sorted = [.. milliseconds.Order()];

    /// <summary>Half of them took at most this long.</summary>
    public double P50 => _sorted[_sorted.Length / 2];

    /// <summary>All but one in a hundred took at most this long.</summary>
    public double P99 => _sorted[_sorted.Length * 99 / 100];
}
