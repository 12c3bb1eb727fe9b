using FeatureService.Core.Columns;
using FeatureService.Ingest.Inputs;

namespace FeatureService.Ingest.Values;

/// <summary>Which types of an input cast to which of a column; single values may still be out of range.</summary>
internal static class Casts
{
    /// <summary>Whether any value of the input's type could be read as the column's.</summary>
    public static bool Exists(InputKind kind, ColumnType type) => kind switch
    {
        InputKind.Untyped or InputKind.String or InputKind.Null => true,
        InputKind.Bool => type is ColumnType.Bool or ColumnType.Int64 or ColumnType.Float64 or ColumnType.String,
        InputKind.Int64 => type is ColumnType.Bool or ColumnType.Int64 or ColumnType.Float64 or ColumnType.String,
        InputKind.Float64 => type is ColumnType.Int64 or ColumnType.Float64 or ColumnType.String,
        InputKind.Decimal => type is ColumnType.Int64 or ColumnType.Float64,
        InputKind.Date or InputKind.Timestamp => type is ColumnType.Date or ColumnType.Timestamp,
        _ => false,
    };
}
