namespace FeatureService.Scheduling;

/// <summary>
/// Lets computations that are expected to be very short run on the thread that asks for them, which saves two changes of threads. As many
/// at once as there are workers of a class: the runtime's threads have requests, health and everything asynchronous to serve.
/// </summary>
/// <param name="most">How many at once.</param>
public sealed class InlineGate(int most)
{
    private int _free = most;

    /// <summary>The longest computation that may be tried inline, as it is expected to be.</summary>
    public static TimeSpan ExpectedMax { get; } = TimeSpan.FromMicroseconds(50);

    /// <summary>How long one may take that was expected to be shorter, before workers go on with it.</summary>
    public static TimeSpan TakenMax { get; } = TimeSpan.FromMicroseconds(200);

    /// <summary>Takes a place; <see cref="Leave"/> gives it back.</summary>
    /// <returns>False where all are taken.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Decrement(ref _free) >= 0)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave() => Interlocked.Increment(ref _free);
}
