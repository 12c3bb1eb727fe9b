using System.Globalization;
using FeatureService.Core.Calendar;
using FeatureService.Core.Columns;

namespace FeatureService.Client.Datasets;

/// <summary>Values of fixed width as text: invariant, shortest, and read back to the same bits.</summary>
public static class CsvValues
{
    /// <summary>Writes one value that is not null.</summary>
    /// <param name="column">A column of any type but string.</param>
    /// <param name="row">The row.</param>
    /// <param name="text">Where the UTF-8 goes; 40 bytes are enough.</param>
    /// <returns>Bytes written.</returns>
    public static int Format(Column column, int row, Span<byte> text) => column.Type switch
    {
        ColumnType.Bool => Copy(column.Values<byte>()[row] != 0 ? "true"u8 : "false"u8, text),
        ColumnType.Int64 => Written(column.Values<long>()[row].TryFormat(text, out var n, default, CultureInfo.InvariantCulture), n),
        ColumnType.Float64 => Float(column.Values<double>()[row], text),
        ColumnType.Float32 => Float(column.Values<float>()[row], text),
        ColumnType.Date => Written(
            WeekCalendar.Date(column.Values<int>()[row]).TryFormat(text, out var n, "yyyy-MM-dd", CultureInfo.InvariantCulture), n),
        ColumnType.Timestamp => Timestamp(column.Values<long>()[row], text),
        _ => throw new ArgumentOutOfRangeException(nameof(column), column.Type, "has no fixed width"),
    };

    private static int Float(double value, Span<byte> text) => double.IsFinite(value)
        ? Written(value.TryFormat(text, out var n, "R", CultureInfo.InvariantCulture), n)
        : NotFinite(value, text);

    private static int Float(float value, Span<byte> text) => float.IsFinite(value)
        ? Written(value.TryFormat(text, out var n, "R", CultureInfo.InvariantCulture), n)
        : NotFinite(value, text);

    private static int NotFinite(double value, Span<byte> text) =>
        Copy(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8, text);

    /// <summary>Seconds, and behind them as many digits as the microseconds need: none, or six.</summary>
    private static int Timestamp(long micros, Span<byte> text)
    {
        var time = DateTime.UnixEpoch.AddTicks(checked(micros * TimeSpan.TicksPerMicrosecond));
        var format = micros % Instants.MicrosPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
        return Written(time.TryFormat(text, out var n, format, CultureInfo.InvariantCulture), n);
    }

    private static int Copy(ReadOnlySpan<byte> value, Span<byte> text)
    {
        value.CopyTo(text);
        return value.Length;
    }

    private static int Written(bool fits, int bytes) => fits ? bytes : throw new ArgumentException("expected room for 40 bytes");
}
