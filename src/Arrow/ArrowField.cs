namespace FeatureService.Arrow;

/// <summary>The types of Arrow that segments and datasets use, numbered as its union of types.</summary>
public enum ArrowKind : byte
{
    /// <summary>Signed integers.</summary>
    Int = 2,

    /// <summary>Floats.</summary>
    FloatingPoint = 3,

    /// <summary>Texts with int32 offsets.</summary>
    Utf8 = 5,

    /// <summary>One bit a row.</summary>
    Bool = 6,

    /// <summary>Days since 1970-01-01.</summary>
    Date = 8,

    /// <summary>Microseconds UTC.</summary>
    Timestamp = 10,

    /// <summary>Lists with int32 offsets.</summary>
    List = 12,

    /// <summary>Several fields of one row.</summary>
    Struct = 13,
}

/// <summary>A field of an Arrow schema.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its type.</param>
/// <param name="BitWidth">For integers 32 or 64; for floats 32, else 64.</param>
/// <param name="DictionaryId">Where the values are int32 codes: the dictionary's number; else -1.</param>
/// <param name="Nullable">Whether rows may be null.</param>
/// <param name="Children">The fields inside.</param>
public sealed record ArrowField(string Name, ArrowKind Kind, int BitWidth = 0, long DictionaryId = -1, bool Nullable = true, params ArrowField[] Children);
