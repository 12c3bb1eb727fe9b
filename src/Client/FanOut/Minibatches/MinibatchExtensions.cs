using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using FeatureService.Client.Transport;

namespace FeatureService.Client.FanOut.Minibatches;

/// <summary>Vectors for training jobs that send their rows as they go.</summary>
public static class MinibatchExtensions
{
    /// <summary>
    /// Computes minibatches as they come and hands their vectors out. View and snapshot are resolved once, so all vectors are of one
    /// snapshot however long the job takes. Up to 8 minibatches, or 65,536 rows, are under way or wait to be read; then no more are taken
    /// from <paramref name="minibatches"/>, so both sides may be as slow as they like. Where a connection breaks or a service stops, what
    /// is unanswered is asked of another.
    /// </summary>
    /// <typeparam name="T">What the caller knows a minibatch by.</typeparam>
    /// <param name="client">The service.</param>
    /// <param name="query">What is computed, and the order of answers.</param>
    /// <param name="minibatches">
    /// The minibatches; read while earlier ones are computed, by one thread at a time, to its end or until the answers are no longer read.
    /// </param>
    /// <param name="cancellation">Ends the stream, and the reading of <paramref name="minibatches"/>.</param>
    /// <returns>One answer to each minibatch: its vectors or why it alone failed. Leaving the loop ends the stream.</returns>
    /// <exception cref="FeatureServiceException">
    /// The query is refused, or the service was gone for longer than <see cref="FeatureServiceClientOptions.OutageTimeout"/>
    /// (<see cref="Grpc.Core.StatusCode.Unavailable"/>).
    /// </exception>
    /// <exception cref="ArgumentException">A column is not of the view, or a minibatch has too many rows.</exception>
    public static async IAsyncEnumerable<MinibatchVectors<T>> StreamFeatureVectorsAsync<T>(
        this FeatureServiceClient client,
        FeatureStreamQuery query,
        IAsyncEnumerable<Minibatch<T>> minibatches,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var target = await ViewOnSnapshot.CreateAsync(client, query, cancellation).ConfigureAwait(false);
        var asked = new ConcurrentDictionary<ulong, Minibatch<T>>();
        await using var stream = new MinibatchStream(client, target, RowsAsync(minibatches, asked, cancellation));
        await foreach (var answer in stream.AnswersAsync(query.Order, cancellation).ConfigureAwait(false))
        {
            asked.TryRemove(answer.Id, out var minibatch);
            yield return new MinibatchVectors<T>(minibatch!, answer.Vectors, answer.Failure);
        }
    }

    /// <summary>The rows of minibatches, which are noted by the ids that the stream will give them.</summary>
    private static async IAsyncEnumerable<IReadOnlyList<FeatureRow>> RowsAsync<T>(
        IAsyncEnumerable<Minibatch<T>> minibatches,
        ConcurrentDictionary<ulong, Minibatch<T>> asked,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var id = 0UL;
        await foreach (var minibatch in minibatches.WithCancellation(cancellation).ConfigureAwait(false))
        {
            asked[id++] = minibatch;
            yield return minibatch.Rows;
        }
    }
}
