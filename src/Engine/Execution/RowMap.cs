namespace FeatureService.Engine.Execution;

/// <summary>Which cells of a batch are rows of a block, and where they go.</summary>
internal unsafe struct RowMap
{
    /// <summary>Number of rows.</summary>
    public int Count;

    /// <summary>The cell of each row; a null pointer where row i is cell i.</summary>
    public int* Cells;

    /// <summary>The first row in the block, where the rows lie together.</summary>
    public int FirstRow;

    /// <summary>The row in the block of each row; a null pointer where they lie together.</summary>
    public int* Rows;
}
