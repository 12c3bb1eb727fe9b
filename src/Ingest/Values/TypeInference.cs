using FeatureService.Core.Columns;

namespace FeatureService.Ingest.Values;

/// <summary>
/// The type of a column of text: the first of bool, int64, float64, date, timestamp, string that reads every non-empty value; an
/// integer with a leading zero is a string.
/// </summary>
internal sealed class TypeInference
{
    private static readonly ColumnType[] _order =
        [ColumnType.Bool, ColumnType.Int64, ColumnType.Float64, ColumnType.Date, ColumnType.Timestamp, ColumnType.String];

    private const int StringBit = 1 << 5;

    // A bit for each type that still reads all: a narrower type does not imply a wider one, as 1 is no date.
    private int _possible = (1 << 6) - 1;

    /// <summary>The type so far.</summary>
    public ColumnType Type => _order[int.TrailingZeroCount(_possible)];

    /// <summary>Whether more values cannot change the type.</summary>
    public bool IsSettled => _possible == StringBit;

    /// <summary>Sees one non-empty value.</summary>
    /// <param name="text">The value.</param>
    public void Add(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < 5; i++)
        {
            if ((_possible >> i & 1) != 0 && !Reads(_order[i], text))
            {
                _possible &= ~(1 << i);
            }
        }
    }

    /// <summary>Sees what another part of the input has seen.</summary>
    /// <param name="other">What the other part gave.</param>
    public void Add(TypeInference other) => _possible &= other._possible;

    private static bool Reads(ColumnType type, ReadOnlySpan<byte> text) => type switch
    {
        ColumnType.Bool => NumberText.TryBool(text, out _),
        ColumnType.Int64 => NumberText.TryInt64(text, out _) && !NumberText.IsCode(text),
        ColumnType.Float64 => !NumberText.IsCode(text) && NumberText.TryFloat64(text, out _),
        ColumnType.Date => StampText.TryDate(text, out _),
        _ => StampText.TryDate(text, out _) || StampText.TryStamp(text, out _, out _),
    };
}
