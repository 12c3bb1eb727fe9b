using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using FeatureService.Core.Calendar;
using FeatureService.Ingest.Loading;
using Npgsql.PostgresTypes;

namespace FeatureService.Ingest.Inputs.Postgres;

/// <summary>The types of PostgreSQL that a source's column can be read from, by the bytes in which they are sent.</summary>
internal static class PostgresTypes
{
    /// <summary>Days from 1970 to 2000, from which PostgreSQL counts.</summary>
    private const int EpochDays = 10_957;
    private const long EpochMicros = EpochDays * Instants.MicrosPerDay;
    private const int UuidLength = 36;

    private static readonly PostgresValue _text = new(InputKind.String, SetText, Encoding.UTF8.GetString);

    /// <summary>Types that every server has, by their numbers in <c>pg_type</c>.</summary>
    private static readonly Dictionary<uint, PostgresValue> _types = new()
    {
        [16] = new(InputKind.Bool, (values, row, bytes) => values.SetBool(row, bytes[0] != 0), bytes => bytes[0] != 0 ? "true" : "false"),
        [21] = Int64(bytes => BinaryPrimitives.ReadInt16BigEndian(bytes)),
        [23] = Int64(bytes => BinaryPrimitives.ReadInt32BigEndian(bytes)),
        [20] = Int64(BinaryPrimitives.ReadInt64BigEndian),
        [700] = Float64(bytes => BinaryPrimitives.ReadSingleBigEndian(bytes)),
        [701] = Float64(BinaryPrimitives.ReadDoubleBigEndian),
        [1700] = new(InputKind.Decimal, PostgresNumeric.Set, PostgresNumeric.Show),
        [25] = _text,
        [1043] = _text,
        [19] = _text,
        [1042] = new(InputKind.String, (values, row, bytes) => SetText(values, row, bytes.TrimEnd((byte)' ')), Encoding.UTF8.GetString),
        [2950] = new(InputKind.String, SetUuid, bytes => new Guid(bytes, bigEndian: true).ToString()),
        [1082] = new(InputKind.Date, SetDate, ShowDate),
        [1114] = new(InputKind.Timestamp, (values, row, bytes) => SetStamp(values, row, bytes, isLocal: true), ShowStamp),
        [1184] = new(InputKind.Timestamp, (values, row, bytes) => SetStamp(values, row, bytes, isLocal: false), ShowStamp),
    };

    /// <summary>How values of a type are read; null where it is none of a source's.</summary>
    public static PostgresValue? Of(PostgresType type) =>
        type is PostgresEnumType || type is { Name: "citext", Namespace: not "pg_catalog" } ? _text : _types.GetValueOrDefault(type.OID);

    private delegate T Read<T>(ReadOnlySpan<byte> bytes);

    private static PostgresValue Int64(Read<long> read) => new(
        InputKind.Int64, (values, row, bytes) => values.SetInt64(row, read(bytes)), bytes => read(bytes).ToString(CultureInfo.InvariantCulture));

    private static PostgresValue Float64(Read<double> read) => new(
        InputKind.Float64, (values, row, bytes) => values.SetFloat64(row, read(bytes)), bytes => read(bytes).ToString(CultureInfo.InvariantCulture));

    private static bool SetText(ColumnValues values, int row, ReadOnlySpan<byte> bytes) => values.SetText(row, bytes);

    private static bool SetUuid(ColumnValues values, int row, ReadOnlySpan<byte> bytes)
    {
        Span<byte> text = stackalloc byte[UuidLength];
        return new Guid(bytes, bigEndian: true).TryFormat(text, out var length) && values.SetText(row, text[..length]);
    }

    /// <summary>The infinities are the greatest and the least number, which lie beyond the calendar.</summary>
    private static bool SetDate(ColumnValues values, int row, ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadInt32BigEndian(bytes) is var days && days <= int.MaxValue - EpochDays && values.SetDate(row, days + EpochDays);

    private static bool SetStamp(ColumnValues values, int row, ReadOnlySpan<byte> bytes, bool isLocal) =>
        BinaryPrimitives.ReadInt64BigEndian(bytes) is var micros && micros <= long.MaxValue - EpochMicros && values.SetStamp(row, micros + EpochMicros, isLocal);

    /// <summary>Only what lies beyond the calendar is a problem, and no library's date reaches there.</summary>
    private static string ShowDate(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes) switch
    {
        int.MaxValue => "infinity",
        int.MinValue => "-infinity",
        var days => string.Create(CultureInfo.InvariantCulture, $"a date {days} days from 2000-01-01"),
    };

    private static string ShowStamp(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64BigEndian(bytes) switch
    {
        long.MaxValue => "infinity",
        long.MinValue => "-infinity",
        var micros => string.Create(CultureInfo.InvariantCulture, $"an instant {micros} microseconds from 2000-01-01"),
    };
}
