namespace FeatureService.Client.Datasets;

/// <summary>The pace of the last half minute, so that it follows pods that come and go.</summary>
internal sealed class ProgressRate
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    private readonly Queue<(TimeSpan At, double Work, long Rows)> _samples = new([(TimeSpan.Zero, 0, 0)]);
    private TimeSpan _last;

    /// <summary>Takes how far the work is.</summary>
    /// <param name="elapsed">Since it began.</param>
    /// <param name="work">Work done.</param>
    /// <param name="rows">Rows written.</param>
    /// <returns>What is done in a second.</returns>
    public (double Work, double Rows) Next(TimeSpan elapsed, double work, long rows)
    {
        while (_samples.Count > 1 && elapsed - _samples.Peek().At > Window)
        {
            _samples.Dequeue();
        }

        var (at, oldWork, oldRows) = _samples.Peek();
        if (elapsed - _last >= SampleInterval)
        {
            _last = elapsed;
            _samples.Enqueue((elapsed, work, rows));
        }

        var seconds = (elapsed - at).TotalSeconds;
        return seconds > 0 ? ((work - oldWork) / seconds, (rows - oldRows) / seconds) : (0, 0);
    }
}
