namespace FeatureService.Client.Transport.Pods;

/// <summary>
/// Streams that a pod is given at once: one more for each window of streams that end well, half where the pod asks to come back, one
/// where it was lost, never more than it advises.
/// </summary>
/// <param name="max">Upper bound, from 1.</param>
internal sealed class PodLimit(int max)
{
    private double _value = max;
    private int _max = max;

    /// <summary>The limit, from 1.</summary>
    public int Value => (int)_value;

    /// <summary>Sets the upper bound; one that was reached is followed.</summary>
    public void Advise(int max)
    {
        _value = _value >= _max ? max : Math.Min(_value, max);
        _max = max;
    }

    /// <summary>A stream has ended well.</summary>
    public void Succeeded() => _value = Math.Min(_max, _value + (1 / _value));

    /// <summary>The pod had no room.</summary>
    public void Refused() => _value = Math.Max(1, _value / 2);

    /// <summary>The pod was lost: it begins anew.</summary>
    public void Lost() => _value = 1;
}
