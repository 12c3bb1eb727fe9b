namespace FeatureService.Pipeline.Requests;

/// <summary>Where a stream's requests come from.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IRequestStream<T>
    where T : class
{
    /// <summary>The next message; null where the caller has ended its side.</summary>
    /// <param name="cancellation">Gives the wait up; no message is read after that.</param>
    /// <exception cref="RequestException">What came is no message.</exception>
    Task<T?> NextAsync(CancellationToken cancellation);
}
