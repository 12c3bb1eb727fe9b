using FeatureService.Scheduling;

namespace FeatureService.Pipeline;

/// <summary>A computation that is one task of the workers.</summary>
/// <typeparam name="T">Its result.</typeparam>
/// <param name="compute">Computes it.</param>
internal sealed class SingleTask<T>(Func<CancellationToken, T> compute) : IWork
{
    private T? _result;

    /// <summary>The result, once the work is done.</summary>
    public T Result => _result!;

    /// <inheritdoc/>
    public int Begin() => 1;

    /// <inheritdoc/>
    public void RunTask(int task, CancellationToken cancellation) => _result = compute(cancellation);

    /// <inheritdoc/>
    public void Complete()
    {
    }
}
