using System.Runtime.CompilerServices;

namespace FeatureService.Testing;

/// <summary>Waits for what other threads or processes will have done, for longer than any machine should need.</summary>
public static class Eventually
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);

    /// <summary>Waits until a state is reached.</summary>
    /// <param name="state">Asked about every millisecond.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="what">The state as written, for the message.</param>
    /// <exception cref="TimeoutException">It was not reached within two minutes.</exception>
    public static Task TrueAsync(Func<bool> state, CancellationToken cancellation, [CallerArgumentExpression(nameof(state))] string what = "") =>
        TrueAsync(() => Task.FromResult(state()), cancellation, what);

    /// <inheritdoc cref="TrueAsync(Func{bool}, CancellationToken, string)"/>
    public static async Task TrueAsync(Func<Task<bool>> state, CancellationToken cancellation, [CallerArgumentExpression(nameof(state))] string what = "")
    {
        var end = Environment.TickCount64 + (long)_limit.TotalMilliseconds;
        while (!await state())
        {
            if (Environment.TickCount64 > end)
            {
                throw new TimeoutException($"not within {_limit.TotalSeconds} s: {what}");
            }

            await Task.Delay(1, cancellation);
        }
    }
}
