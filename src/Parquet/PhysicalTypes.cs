using FeatureService.Core.Columns;

namespace FeatureService.Parquet;

/// <summary>What Parquet stores values as.</summary>
internal static class PhysicalTypes
{
    /// <summary>The format's <c>Type</c> of values.</summary>
    /// <param name="type">Type of the values.</param>
    public static int PhysicalType(this ColumnType type) => type switch
    {
        ColumnType.Bool => 0,
        ColumnType.Date => 1,
        ColumnType.Int64 or ColumnType.Timestamp => 2,
        ColumnType.Float32 => 4,
        ColumnType.Float64 => 5,
        ColumnType.String => 6,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "has no form in Parquet"),
    };
}
