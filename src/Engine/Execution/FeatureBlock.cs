using FeatureService.Core.Columns;
using FeatureService.Core.Keys;

namespace FeatureService.Engine.Execution;

/// <summary>
/// The columns of a run of rows: of a slice, all weeks of whole entities, below 2^18 rows; of a list, its rows in their order.
/// Its buffers are pooled: they are valid until it is disposed.
/// </summary>
public sealed class FeatureBlock : IDisposable
{
    private Action? _release;

    /// <summary>Wraps finished columns.</summary>
    /// <param name="release">Called once, on disposal; gives the buffers back.</param>
    public FeatureBlock(Action? release = null) => _release = release;

    /// <summary>Number of rows.</summary>
    public required int RowCount { get; init; }

    /// <summary>Each row's entity: int64 or plain string.</summary>
    public required Column Keys { get; init; }

    /// <summary>Each row's week: a date, the week's first day.</summary>
    public required Column Weeks { get; init; }

    /// <summary>Each row's status: coded string, of <see cref="Execution.RowStatuses.Names"/>.</summary>
    public required Column RowStatuses { get; init; }

    /// <summary>One column for each of the plan's, in their order and of their output types.</summary>
    public required IReadOnlyList<Column> Columns { get; init; }

    /// <summary>Cells that have no value because of an overflow, in row order, at most <see cref="CellError.CountMax"/>; null in the columns.</summary>
    public required IReadOnlyList<CellError> Errors { get; init; }

    /// <summary>Number of cells with an error, those that <see cref="Errors"/> does not list included.</summary>
    public required long ErrorCount { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}

/// <summary>A cell that has no value because of an int64 overflow.</summary>
/// <param name="Row">Row in its block.</param>
/// <param name="Column">The feature's name.</param>
/// <param name="Key">The entity.</param>
/// <param name="Week">Number of the week.</param>
/// <param name="Message">What happened and the cure, naming feature, entity and week.</param>
public sealed record CellError(int Row, string Column, EntityKey Key, int Week, string Message)
{
    /// <summary>The most errors that are listed for a slice.</summary>
    public const int CountMax = 100;
}

/// <summary>What is known about a row; the first that holds.</summary>
public enum RowStatus : byte
{
    /// <summary>Nothing to say.</summary>
    Ok,

    /// <summary>No event of any source with time is known before the cutoff.</summary>
    NoHistory,

    /// <summary>The cutoff lies after the completeness of a source that the features asked for read.</summary>
    Incomplete,

    /// <summary>A label asked for is not mature.</summary>
    Censored,
}

/// <summary>The names of row statuses.</summary>
public static class RowStatuses
{
    /// <summary>The names, by the value of <see cref="RowStatus"/>.</summary>
    public static StringTable Names { get; } = StringTable.Of(["ok", "no_history", "incomplete", "censored"]);
}
