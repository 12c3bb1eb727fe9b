using FeatureService.Core.Columns;

namespace FeatureService.Ingest.Loading;

/// <content>All rows at once, of the types that most columns have.</content>
internal sealed partial class ColumnValues
{
    /// <summary>Sets all rows from integers; false where each must be looked at.</summary>
    public bool TryInt64(ReadOnlySpan<long> values, ValidBits valid) => Type == ColumnType.Int64 && _scale == 0 && TakeWide(values, valid);

    /// <summary>Sets all rows from instants, microseconds UTC; false where each must be looked at.</summary>
    public bool TryInstants(ReadOnlySpan<long> micros, ValidBits valid) =>
        Type == ColumnType.Timestamp && !micros.ContainsAnyExceptInRange(InstantMin, InstantMax) && TakeWide(micros, valid);

    /// <summary>Sets all rows from texts; false where each must be looked at.</summary>
    /// <param name="offsets">Where each text starts, and behind the last where it ends.</param>
    /// <param name="utf8">The bytes of all.</param>
    /// <param name="valid">Which rows have a text.</param>
    public bool TryTexts(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> utf8, ValidBits valid)
    {
        if (Texts is null || offsets.Length != _rows + 1)
        {
            return false;
        }

        var codes = Narrow;
        for (var row = 0; row < codes.Length; row++)
        {
            if (!valid[row])
            {
                continue;
            }

            if (Texts.GetOrAdd(utf8[offsets[row]..offsets[row + 1]]) is var code && code < 0)
            {
                return false;
            }

            codes[row] = code;
        }

        valid.CopyTo(_valid.AsSpan(0, _rows));
        return true;
    }

    /// <summary>Sets all rows from codes of texts; false where each must be looked at.</summary>
    /// <param name="codes">The rows' codes.</param>
    /// <param name="offsets">Where each text starts, and behind the last where it ends.</param>
    /// <param name="utf8">The bytes of all.</param>
    /// <param name="valid">Which rows have a text.</param>
    public bool TryCodes(ReadOnlySpan<int> codes, ReadOnlySpan<int> offsets, ReadOnlySpan<byte> utf8, ValidBits valid)
    {
        if (Texts is null || codes.Length != _rows || offsets.IsEmpty)
        {
            return false;
        }

        // A text that no row has is not looked at: it need not even be UTF-8.
        var known = new int[offsets.Length - 1];
        var narrow = Narrow;
        for (var row = 0; row < narrow.Length; row++)
        {
            if (!valid[row])
            {
                continue;
            }

            ref var codeNext = ref known[codes[row]];
            if (codeNext == 0)
            {
                codeNext = Texts.GetOrAdd(utf8[offsets[codes[row]]..offsets[codes[row] + 1]]) + 1;
                if (codeNext == 0)
                {
                    return false;
                }
            }

            narrow[row] = codeNext - 1;
        }

        valid.CopyTo(_valid.AsSpan(0, _rows));
        return true;
    }

    /// <summary>Sets all rows from floating-point numbers; false where each must be looked at.</summary>
    public bool TryFloat64(ReadOnlySpan<double> values, ValidBits valid)
    {
        if (Type != ColumnType.Float64 || values.Length != _rows)
        {
            return false;
        }

        for (var row = 0; row < values.Length; row++)
        {
            if (valid[row])
            {
                SetReal(row, values[row]);
            }
        }

        return true;
    }

    private bool TakeWide(ReadOnlySpan<long> values, ValidBits valid)
    {
        if (values.Length != _rows)
        {
            return false;
        }

        var wide = Wide;
        valid.CopyTo(_valid.AsSpan(0, _rows));
        if (valid.All)
        {
            values.CopyTo(wide);
            return true;
        }

        for (var row = 0; row < wide.Length; row++)
        {
            // What lies where there is no value is anything.
            wide[row] = _valid[row] ? values[row] : 0;
        }

        return true;
    }
}
