using FeatureService.Client.FanOut;

namespace FeatureService.Client.Datasets;

/// <summary>A dataset's place that cannot be used as asked: it exists, is another dataset, or is being built.</summary>
/// <param name="message">What is there, and what may be done.</param>
/// <param name="inner">What it came from.</param>
public sealed class DatasetException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A dataset that has cells without a value because an int64 overflowed. It has no manifest.</summary>
/// <param name="errors">The first of them in row order.</param>
/// <param name="count">Number of such cells.</param>
public sealed class CellErrorsException(IReadOnlyList<DatasetCellError> errors, ulong count)
    : Exception($"{count} cells have no value, because an int64 overflowed{(errors.Count > 0 ? $"; the first is: {errors[0].Message}" : "")}")
{
    /// <summary>The most errors that are listed.</summary>
    public const int ListedMax = 100;

    /// <summary>The first of them in row order, at most <see cref="ListedMax"/>.</summary>
    public IReadOnlyList<DatasetCellError> Errors { get; } = errors;

    /// <summary>Number of such cells.</summary>
    public ulong Count { get; } = count;
}
