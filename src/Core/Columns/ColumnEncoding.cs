namespace FeatureService.Core.Columns;

/// <summary>Forms in which a run of a column's values lies in a payload. The numbers are the wire's.</summary>
/// <remarks>
/// Every form gives back the same bits. The bytes of nulls are zero, and in all forms they are values like others: what is null
/// tells the validity alone. The values of texts, in any form but <see cref="Plain"/>, are int32 codes into a dictionary.
/// </remarks>
public enum ColumnEncoding : byte
{
    /// <summary>Each row's value, little-endian; strings as int32 offsets and UTF-8.</summary>
    Plain = 1,

    /// <summary>The first values, which then repeat: row i has value i modulo their number. One value is a constant.</summary>
    Repeated = 2,

    /// <summary>One value for each run of equal ones, and the row behind each run.</summary>
    Runs = 3,

    /// <summary>Whole numbers as unsigned ones of 1, 2 or 4 bytes above a base.</summary>
    Narrow = 4,

    /// <summary>A bit for each row, and the values of those whose bit is set; all others are zero.</summary>
    Sparse = 5,
}
