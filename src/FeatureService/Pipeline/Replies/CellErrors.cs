using FeatureService.Engine.Execution;
using FeatureService.Engine.Planning;

namespace FeatureService.Pipeline.Replies;

/// <summary>Cells without a value, as a slice or an answer tells them: the first of them, and how many there are.</summary>
/// <param name="plan">The plan.</param>
internal sealed class CellErrors(Plan plan)
{
    /// <summary>They are told up to so many bytes, the first and their count always.</summary>
    private const int BytesMax = 32 << 10;

    private readonly List<Contracts.V1.CellError> _told = [];
    private int _bytes;

    /// <summary>The first of them in row order.</summary>
    public IReadOnlyList<Contracts.V1.CellError> Told => _told;

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>Adds those of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="firstRow">Number of its first row.</param>
    public void Add(FeatureBlock block, long firstRow)
    {
        Count += block.ErrorCount;
        foreach (var error in block.Errors)
        {
            var told = new Contracts.V1.CellError
            {
                Column = error.Column,
                Entity = error.Key.ToString(),
                Week = plan.Snapshot.Catalog.Calendar.Format(error.Week),
                Message = error.Message,
                Row = checked((uint)(firstRow + error.Row)),
            };
            _bytes += told.CalculateSize();
            if (_told.Count == CellError.CountMax || (_bytes > BytesMax && _told.Count > 0))
            {
                return;
            }

            _told.Add(told);
        }
    }

    /// <summary>Fails an answer that has no place for them.</summary>
    /// <exception cref="RequestException">A cell of the block has no value.</exception>
    public static void ThrowIfAny(FeatureBlock block)
    {
        if (block.ErrorCount > 0)
        {
            var others = block.ErrorCount > 1 ? $" (and {block.ErrorCount - 1} more cells)" : "";
            throw new RequestException(FailureKind.OutOfRange, block.Errors[0].Message + others) { Reason = "INT64_OVERFLOW" };
        }
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        _told.Clear();
        _bytes = 0;
        Count = 0;
    }
}
