using FeatureService.Core.Columns.Encodings;

namespace FeatureService.Client.FanOut;

/// <summary>What has arrived of a column since the last batch: runs of its rows, or pieces of a finished column.</summary>
internal sealed class PendingColumn
{
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];

    /// <summary>Runs of its rows.</summary>
    public List<EncodedColumn> Runs { get; } = [];

    /// <summary>The finished column; null where there is none or where it is not whole.</summary>
    public FinishedColumn? Finished { get; private set; }

    /// <summary>Whether a finished column has begun and is not whole.</summary>
    public bool IsOpen => Finished is null && _pieces.Count > 0;

    /// <summary>Adds a piece of a finished column.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="description">What stands with the last piece; null with others.</param>
    /// <exception cref="InvalidDataException">Other rows are there already.</exception>
    public void Add(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte>? description)
    {
        if (Runs.Count > 0 || Finished is not null)
        {
            throw new InvalidDataException("a finished column behind other rows of its block");
        }

        _pieces.Add(bytes);
        if (description is { } end)
        {
            Finished = new FinishedColumn([.. _pieces], end);
        }
    }

    /// <summary>Adds a run of rows.</summary>
    /// <exception cref="InvalidDataException">A finished column is there already.</exception>
    public void Add(EncodedColumn run)
    {
        if (_pieces.Count > 0)
        {
            throw new InvalidDataException("rows behind a finished column of their block");
        }

        Runs.Add(run);
    }
}
