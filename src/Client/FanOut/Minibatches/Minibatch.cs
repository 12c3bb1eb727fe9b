using FeatureService.Client.Transport;

namespace FeatureService.Client.FanOut.Minibatches;

/// <summary>Rows whose vectors are wanted together.</summary>
/// <typeparam name="T">What the caller knows them by.</typeparam>
/// <param name="Rows">The rows, 256 to 4,096 being a good number and 65,536 the most; their order is kept, duplicates included.</param>
/// <param name="Correlation">Any value of the caller's; it comes back with the vectors and never leaves the process.</param>
public sealed record Minibatch<T>(IReadOnlyList<FeatureRow> Rows, T Correlation);

/// <summary>The answer to a minibatch.</summary>
/// <typeparam name="T">What the caller knows it by.</typeparam>
public sealed class MinibatchVectors<T>
{
    private readonly FeatureVectors? _vectors;

    internal MinibatchVectors(Minibatch<T> minibatch, FeatureVectors? vectors, FeatureServiceException? failure)
    {
        Minibatch = minibatch;
        _vectors = vectors;
        Failure = failure;
    }

    /// <summary>What was asked.</summary>
    public Minibatch<T> Minibatch { get; }

    /// <summary>The caller's value.</summary>
    public T Correlation => Minibatch.Correlation;

    /// <summary>Why there are no vectors: a row is wrong, a cell overflowed, the snapshot is damaged. Null where there are.</summary>
    public FeatureServiceException? Failure { get; }

    /// <summary>The vectors, row by row those asked for.</summary>
    /// <exception cref="FeatureServiceException"><see cref="Failure"/>, where there are none.</exception>
    public FeatureVectors Vectors => _vectors ?? throw Failure!;
}
