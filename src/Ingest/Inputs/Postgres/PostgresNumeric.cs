using System.Buffers.Binary;
using System.Text;
using FeatureService.Core.Columns;
using FeatureService.Ingest.Loading;

namespace FeatureService.Ingest.Inputs.Postgres;

/// <summary>
/// Values of <c>numeric</c>: digits to base 10,000, of which the first stands before <c>weight</c> others in front of the point. They are
/// written as the text that PostgreSQL itself writes and cast from it, so that a value is what it would be in a CSV file.
/// </summary>
internal static class PostgresNumeric
{
    private const int BaseDigits = 4;
    private const int HeaderBytes = 8;
    private const int StackBytes = 256;
    private const ushort Negative = 0x4000;
    private const ushort NaN = 0xC000;
    private const ushort Infinity = 0xD000;
    private const ushort NegativeInfinity = 0xF000;

    /// <summary>Casts a value.</summary>
    public static bool Set(ColumnValues values, int row, ReadOnlySpan<byte> bytes)
    {
        if (SpecialOf(bytes) is { } special)
        {
            return values.SetFloat64(row, special);
        }

        var length = TextLength(bytes);
        Span<byte> text = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        text = text[..Write(bytes, text)];
        // Text of a float64 or decimal is read by its digits; PostgreSQL's have no exponent.
        return values.Type is ColumnType.Int64 or ColumnType.Float64 && values.SetText(row, text);
    }

    /// <summary>Shows a value.</summary>
    public static string Show(ReadOnlySpan<byte> bytes)
    {
        if (SpecialOf(bytes) is { } special)
        {
            return double.IsNaN(special) ? "NaN" : special > 0 ? "Infinity" : "-Infinity";
        }

        var text = new byte[TextLength(bytes)];
        return Encoding.ASCII.GetString(text, 0, Write(bytes, text));
    }

    private static double? SpecialOf(ReadOnlySpan<byte> bytes) => Word(bytes, 2) switch
    {
        NaN => double.NaN,
        Infinity => double.PositiveInfinity,
        NegativeInfinity => double.NegativeInfinity,
        _ => null,
    };

    /// <summary>The most bytes that the text may need.</summary>
    private static int TextLength(ReadOnlySpan<byte> bytes) =>
        2 + (BaseDigits * (Math.Max(0, (int)(short)Word(bytes, 1)) + 1)) + Word(bytes, 3) + BaseDigits;

    private static int Write(ReadOnlySpan<byte> bytes, Span<byte> text)
    {
        var weight = (short)Word(bytes, 1);
        var scale = Word(bytes, 3);
        var at = 0;
        if (Word(bytes, 2) == Negative)
        {
            text[at++] = (byte)'-';
        }

        var whole = at;
        for (var i = 0; i <= weight; i++)
        {
            at = WriteGroup(text, at, Group(bytes, i));
        }

        // The first group's zeros in front of the number.
        var zeros = text[whole..at].IndexOfAnyExcept((byte)'0') is var first && first >= 0 ? first : at - whole;
        text[(whole + zeros)..at].CopyTo(text[whole..]);
        at -= zeros;
        if (at == whole)
        {
            text[at++] = (byte)'0';
        }

        if (scale == 0)
        {
            return at;
        }

        text[at++] = (byte)'.';
        var end = at + scale;
        for (var i = weight + 1; at < end; i++)
        {
            at = WriteGroup(text, at, i < 0 ? 0 : Group(bytes, i));
        }

        return end;
    }

    /// <summary>A digit to base 10,000; those at the end that are zero are not sent.</summary>
    private static int Group(ReadOnlySpan<byte> bytes, int index) =>
        index < Word(bytes, 0) ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(HeaderBytes + (2 * index))..]) : 0;

    private static int WriteGroup(Span<byte> text, int at, int group)
    {
        for (var digit = BaseDigits - 1; digit >= 0; digit--)
        {
            text[at + digit] = (byte)('0' + (group % 10));
            group /= 10;
        }

        return at + BaseDigits;
    }

    private static ushort Word(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * index)..]);
}
