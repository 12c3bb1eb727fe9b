namespace FeatureService.Engine.Definitions.Binding;

/// <summary>Names of output columns that no definition may have.</summary>
internal static class ReservedColumns
{
    /// <summary>The row's week.</summary>
    public const string Week = "week";

    /// <summary>What is known about the row.</summary>
    public const string RowStatus = "row_status";
}
