using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;
using FeatureService.Ingest.Values;

namespace FeatureService.Ingest.Loading;

/// <summary>
/// One column of a chunk while it is read, and every cast into its type. A setter answers false where the value cannot be read as the
/// type; the row then stays null.
/// </summary>
internal sealed partial class ColumnValues : IDisposable
{
    // Years 1 to 9999, as instants and as days.
    private const long InstantMin = -62_135_596_800_000_000;
    private const long InstantMax = 253_402_300_799_999_999;
    private const int DayMin = -719_162;
    private const int DayMax = 2_932_896;

    private readonly int _scale;
    private readonly ColumnReading _reading;
    private readonly int _rows;
    private bool[] _valid;
    private long[] _wide = [];
    private int[] _narrow = [];

    /// <summary>A column of nulls.</summary>
    /// <param name="type">The type of its values.</param>
    /// <param name="decimalScale">For int64 in units of 10^-N the N; else null.</param>
    /// <param name="reading">What the catalog says of reading its values.</param>
    /// <param name="rows">Number of rows.</param>
    public ColumnValues(ColumnType type, int? decimalScale, ColumnReading reading, int rows)
    {
        Type = type;
        DecimalScale = decimalScale;
        _scale = decimalScale ?? 0;
        _reading = reading;
        _rows = rows;
        _valid = Rent<bool>(rows);
        if (type is ColumnType.Int64 or ColumnType.Float64 or ColumnType.Timestamp)
        {
            _wide = Rent<long>(rows);
        }
        else
        {
            _narrow = Rent<int>(rows);
        }

        Texts = type == ColumnType.String ? new TextTable(isPooled: true) : null;
    }

    /// <summary>The type of the values.</summary>
    public ColumnType Type { get; }

    /// <summary>For int64 in units of 10^-N the N; else null.</summary>
    public int? DecimalScale { get; }

    /// <summary>Values of 8 bytes: int64, bits of float64, microseconds.</summary>
    public Span<long> Wide => _wide.AsSpan(0, Math.Min(_wide.Length, _rows));

    /// <summary>Narrower values: days, codes of <see cref="Texts"/>, 1 and 0 for bool.</summary>
    public Span<int> Narrow => _narrow.AsSpan(0, Math.Min(_narrow.Length, _rows));

    /// <summary>Bytes in memory.</summary>
    public long Bytes => _valid.Length + (_wide.Length * sizeof(long)) + (_narrow.Length * sizeof(int)) + (Texts?.Bytes ?? 0);

    /// <summary>What a value must read as, for messages.</summary>
    public string Expected => Type switch
    {
        ColumnType.Int64 when DecimalScale is { } scale => string.Create(CultureInfo.InvariantCulture, $"decimal({scale})"),
        ColumnType.String => "UTF-8",
        ColumnType.Date or ColumnType.Timestamp when _reading.Format is { } format => $"{Type.Name()} as {format.Text}",
        ColumnType.Date or ColumnType.Timestamp when _reading.Unit is { } unit => $"{Type.Name()}, or an integer in {unit.Name()}",
        _ => Type.Name(),
    };

    /// <summary>Which rows have a value.</summary>
    public ReadOnlySpan<bool> Valid => _valid.AsSpan(0, Math.Min(_valid.Length, _rows));

    /// <summary>The texts of a column of strings.</summary>
    public TextTable? Texts { get; }

    /// <summary>Sets a row from text.</summary>
    public bool SetText(int row, ReadOnlySpan<byte> text)
    {
        switch (Type)
        {
            case ColumnType.String:
                var code = Texts!.GetOrAdd(text);
                return code >= 0 && SetNarrow(row, code);
            case ColumnType.Int64 when DecimalScale is not null:
                return (NumberText.TryScaled(text, _scale, exact: false, out var units) && SetWide(row, units)) || IsNull(text);
            case ColumnType.Int64:
                return (NumberText.TryWhole(text, out var number) && SetWide(row, number)) || IsNull(text);
            case ColumnType.Float64:
                return NumberText.TryFloat64(text, out var real) && SetReal(row, real);
            case ColumnType.Bool:
                return SetBoolText(row, text);
            case ColumnType.Date or ColumnType.Timestamp when _reading.Format is { } format:
                return format.TryRead(text, out var clock, out var isOfZone)
                    && (format.HasClock ? SetStamp(row, clock, isOfZone) : SetDate(row, Instants.DayOf(clock)));
            case ColumnType.Date or ColumnType.Timestamp when _reading.Unit is not null && NumberText.TryInt64(text, out var count):
                return SetInt64(row, count);
            case ColumnType.Date or ColumnType.Timestamp when StampText.TryDate(text, out var day):
                return SetDate(row, day);
            case ColumnType.Date:
                return false;
            default:
                return StampText.TryStamp(text, out var micros, out var isLocal) && SetStamp(row, micros, isLocal);
        }
    }

    /// <summary>Sets a row from an integer.</summary>
    public bool SetInt64(int row, long value)
    {
        switch (Type)
        {
            case ColumnType.Int64 when _scale == 0:
                return SetWide(row, value);
            case ColumnType.Int64:
                return NumberText.TryScaled(value, _scale, exact: false, out var units) && SetWide(row, units);
            case ColumnType.Float64:
                return SetReal(row, value);
            case ColumnType.Bool:
                return value is 0 or 1 && SetNarrow(row, (int)value);
            case ColumnType.String:
                Span<byte> text = stackalloc byte[20];
                Utf8Formatter.TryFormat(value, text, out var length);
                return SetText(row, text[..length]);
            case ColumnType.Date or ColumnType.Timestamp:
                return _reading.Unit is { } unit && unit.TryMicros(value, out var micros) && SetStamp(row, micros, isLocal: false);
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Texts?.Dispose();
        ArrayPool<bool>.Shared.Return(_valid);
        ArrayPool<long>.Shared.Return(_wide);
        ArrayPool<int>.Shared.Return(_narrow);
        (_valid, _wide, _narrow) = ([], [], []);
    }

    /// <summary>Sets a row from a floating-point number.</summary>
    public bool SetFloat64(int row, double value)
    {
        switch (Type)
        {
            case ColumnType.Float64:
                return SetReal(row, value);
            case ColumnType.Int64 or ColumnType.String when _reading.NanIsNull && double.IsNaN(value):
                return true;
            case ColumnType.Int64 when DecimalScale is null:
                // 2^63 is a double, int64's greatest is none.
                return Math.Floor(value) == value && value is >= -9223372036854775808.0 and < 9223372036854775808.0 && SetWide(row, (long)value);
            case ColumnType.Int64 or ColumnType.String:
                // The shortest digits that read back: what a CSV of the same number would hold.
                Span<byte> text = stackalloc byte[32];
                return value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture) && SetText(row, text[..length]);
            default:
                return false;
        }
    }

    /// <summary>Sets a row from an exact decimal.</summary>
    public bool SetDecimal(int row, decimal value) => Type switch
    {
        ColumnType.Float64 => SetReal(row, (double)value),
        ColumnType.Int64 => NumberText.TryScaled(value, _scale, exact: DecimalScale is null, out var units) && SetWide(row, units),
        _ => false,
    };

    /// <summary>Sets a row from a bool.</summary>
    public bool SetBool(int row, bool value) => Type switch
    {
        ColumnType.Bool => SetNarrow(row, value ? 1 : 0),
        ColumnType.String => SetText(row, value ? "true"u8 : "false"u8),
        _ => SetInt64(row, value ? 1 : 0),
    };

    /// <summary>Sets a row from a date.</summary>
    public bool SetDate(int row, int day) => day is >= DayMin and <= DayMax && Type switch
    {
        ColumnType.Date => SetNarrow(row, day),
        ColumnType.Timestamp => SetInstant(row, _reading.Zone.StartOfDay(day)),
        _ => false,
    };

    /// <summary>Sets a row from a timestamp.</summary>
    /// <param name="row">The row.</param>
    /// <param name="micros">Microseconds, UTC or on the clock of the stamps' zone.</param>
    /// <param name="isLocal">Whether on the zone's clock.</param>
    public bool SetStamp(int row, long micros, bool isLocal)
    {
        if (micros is < InstantMin or > InstantMax)
        {
            return false;
        }

        return Type switch
        {
            ColumnType.Timestamp => SetInstant(row, isLocal ? _reading.Zone.ToUtc(micros) : micros),
            ColumnType.Date => SetNarrow(row, isLocal ? Instants.DayOf(micros) : _reading.Zone.LocalDay(micros)),
            _ => false,
        };
    }

    private bool SetBoolText(int row, ReadOnlySpan<byte> text)
    {
        if (NumberText.TryBool(text, out var value))
        {
            return SetNarrow(row, value ? 1 : 0);
        }

        return text is [(byte)'0'] or [(byte)'1'] && SetNarrow(row, text[0] - '0');
    }

    private bool SetInstant(int row, long micros) => micros is >= InstantMin and <= InstantMax && SetWide(row, micros);

    /// <summary>Whether a text is a NaN that is to be read as null.</summary>
    private bool IsNull(ReadOnlySpan<byte> text) => _reading.NanIsNull && NumberText.TryFloat64(text, out var value) && double.IsNaN(value);

    private bool SetReal(int row, double value)
    {
        if (_reading.NanIsNull && double.IsNaN(value))
        {
            return true;
        }

        // One bit pattern for each value: EVALUATION.md rule 1.
        var bits = double.IsNaN(value) ? 0x7FF8000000000000 : value == 0 ? 0 : BitConverter.DoubleToInt64Bits(value);
        return SetWide(row, bits);
    }

    private bool SetWide(int row, long value)
    {
        _wide[row] = value;
        return _valid[row] = true;
    }

    private bool SetNarrow(int row, int value)
    {
        _narrow[row] = value;
        return _valid[row] = true;
    }

    /// <summary>Rows that are read again and again fill the same memory: new arrays cost more than the values in them.</summary>
    private static T[] Rent<T>(int rows)
    {
        var values = ArrayPool<T>.Shared.Rent(rows);
        Array.Clear(values, 0, rows);
        return values;
    }
}
