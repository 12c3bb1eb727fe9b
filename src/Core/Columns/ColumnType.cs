namespace FeatureService.Core.Columns;

/// <summary>The types of values that columns hold, in files, in expressions and on the wire.</summary>
public enum ColumnType : byte
{
    /// <summary>No type yet; never the type of a finished column.</summary>
    None = 0,

    /// <summary>True or false; one byte a value, 1 or 0.</summary>
    Bool = 1,

    /// <summary>A 64-bit signed integer.</summary>
    Int64 = 2,

    /// <summary>An IEEE 754 double; NaN is a value, negative zero is not.</summary>
    Float64 = 3,

    /// <summary>An IEEE 754 single: only in outputs of views with <c>numbers: float32</c>.</summary>
    Float32 = 4,

    /// <summary>UTF-8 text, ordered by its bytes.</summary>
    String = 5,

    /// <summary>A calendar date; int32 days since 1970-01-01.</summary>
    Date = 6,

    /// <summary>An instant; int64 microseconds since 1970-01-01T00:00Z.</summary>
    Timestamp = 7,
}

/// <summary>Facts about <see cref="ColumnType"/> values.</summary>
public static class ColumnTypes
{
    /// <summary>Bytes of one value of a fixed-width type.</summary>
    /// <param name="type">Any type but <see cref="ColumnType.String"/> and <see cref="ColumnType.None"/>.</param>
    /// <returns>1, 4 or 8.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The type has no fixed width.</exception>
    public static int Width(this ColumnType type) => type switch
    {
        ColumnType.Bool => 1,
        ColumnType.Float32 or ColumnType.Date => 4,
        ColumnType.Int64 or ColumnType.Float64 or ColumnType.Timestamp => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "has no fixed width"),
    };

    /// <summary>The type's name in catalogs, messages and manifests: <c>int64</c>, <c>string</c> and so on.</summary>
    /// <param name="type">Any type.</param>
    public static string Name(this ColumnType type) => type switch
    {
        ColumnType.Bool => "bool",
        ColumnType.Int64 => "int64",
        ColumnType.Float64 => "float64",
        ColumnType.Float32 => "float32",
        ColumnType.String => "string",
        ColumnType.Date => "date",
        ColumnType.Timestamp => "timestamp",
        _ => "null",
    };
}
