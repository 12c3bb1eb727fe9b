namespace FeatureService.Engine.Planning;

/// <summary>
/// What a process has learnt of the model's seconds: how much slower or faster than the model this machine is, as a smoothed ratio of
/// measured to estimated time that starts at 1; and that its first computing runs code that is not compiled to the end yet. Safe from
/// any thread.
/// </summary>
/// <remarks>
/// One build of a million rows on two new services: 0.56, 0.23, 0.09, 0.09 and 0.08 CPU seconds, and 0.17, 0.09, 0.09 and 0.09.
/// </remarks>
public sealed class CostScale
{
    /// <summary>The least ratio of a run: what lies beyond says more of a broken clock than of a machine.</summary>
    public const double Least = 0.1;

    /// <summary>The greatest ratio of a run.</summary>
    public const double Greatest = 10;

    /// <summary>CPU seconds that a process loses in all until its code is compiled.</summary>
    public const double WarmUpSeconds = 0.25;

    /// <summary>How many times longer a run takes until then.</summary>
    public const double WarmUpFactor = 2.2;

    /// <summary>A run that took so many times what was expected of compiled code says that it was none.</summary>
    private const double WarmFactorMax = 1.5;

    /// <summary>Estimated seconds that the ratio of 1 weighs at the start.</summary>
    private const double SecondsAssumed = 0.2;

    /// <summary>Estimated seconds that the past weighs at most: a machine whose neighbours come and go is followed.</summary>
    private const double SecondsRemembered = 10;

    private readonly Lock _lock = new();
    private double _measured = SecondsAssumed;
    private double _estimated = SecondsAssumed;
    private double _warmUpLeft = WarmUpSeconds;

    /// <summary>Seconds that one second of the model takes here once the code is compiled.</summary>
    public double Ratio
    {
        get
        {
            lock (_lock)
            {
                return _measured / _estimated;
            }
        }
    }

    /// <summary>What a run takes here.</summary>
    /// <param name="cpuSeconds">What the model says.</param>
    /// <returns>CPU seconds.</returns>
    public double Correct(double cpuSeconds)
    {
        lock (_lock)
        {
            var warm = cpuSeconds * _measured / _estimated;
            return warm + Math.Min(_warmUpLeft, warm * (WarmUpFactor - 1));
        }
    }

    /// <summary>A run is over.</summary>
    /// <param name="measured">CPU time that it took.</param>
    /// <param name="cpuSeconds">What the model said of it, without any correction.</param>
    public void Observe(TimeSpan measured, double cpuSeconds)
    {
        if (measured <= TimeSpan.Zero || cpuSeconds <= 0)
        {
            return;
        }

        lock (_lock)
        {
            var seconds = measured.TotalSeconds;
            if (_warmUpLeft > 0)
            {
                var warm = cpuSeconds * _measured / _estimated;
                _warmUpLeft = Math.Max(0, _warmUpLeft - (seconds > warm * WarmFactorMax ? seconds - warm : seconds * WarmUpFactor));
                return;
            }

            _measured += Math.Clamp(seconds, cpuSeconds * Least, cpuSeconds * Greatest);
            _estimated += cpuSeconds;
            var forget = Math.Min(1, SecondsRemembered / _estimated);
            (_measured, _estimated) = (_measured * forget, _estimated * forget);
        }
    }
}
