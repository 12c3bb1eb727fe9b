using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns;

/// <summary>
/// The values of one column over a run of rows: what an engine fills, a message carries and a sink writes.
/// It owns no memory; who made it says how long its bytes live.
/// </summary>
/// <remarks>
/// Fixed-width types: <see cref="Data"/> is <c>Length</c> little-endian values of <see cref="ColumnTypes.Width"/> bytes; the bytes
/// of a null are zero. Strings come in two forms: plain, <see cref="Data"/> being UTF-8 and <see cref="Offsets"/> <c>Length + 1</c>
/// ascending int32, of which the first need not be 0; or coded, <see cref="Dictionary"/> being set and <see cref="Data"/> <c>Length</c> int32 codes into it (0 where null).
/// </remarks>
public sealed class Column
{
    /// <summary>The type of the values.</summary>
    public required ColumnType Type { get; init; }

    /// <summary>Number of rows.</summary>
    public required int Length { get; init; }

    /// <summary>Number of rows that are null.</summary>
    public int NullCount { get; init; }

    /// <summary>One bit a row, LSB first, 1 = valid; empty where <see cref="NullCount"/> is 0.</summary>
    public ReadOnlyMemory<byte> Validity { get; init; }

    /// <summary>The values, or the UTF-8 of plain strings, or the codes of coded strings.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>For plain strings <c>Length + 1</c> little-endian int32; else empty.</summary>
    public ReadOnlyMemory<byte> Offsets { get; init; }

    /// <summary>For coded strings the texts; else null.</summary>
    public StringTable? Dictionary { get; init; }

    /// <summary>The values as a span of <typeparamref name="T"/>, without a copy.</summary>
    /// <typeparam name="T">A type of the width of the values: byte, int, long, double or float.</typeparam>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data.Span)[..Length];

    /// <summary>A column of fixed width without nulls.</summary>
    /// <typeparam name="T">A type of the width of the values: byte, int, long, double or float.</typeparam>
    /// <param name="type">Any type but <see cref="ColumnType.String"/>.</param>
    /// <param name="values">The values; they are copied.</param>
    public static Column Of<T>(ColumnType type, ReadOnlySpan<T> values)
        where T : unmanaged => new()
        {
            Type = type,
            Length = values.Length,
            Data = MemoryMarshal.AsBytes(values).ToArray(),
        };

    /// <summary>A column of texts; null is null.</summary>
    /// <param name="texts">The texts.</param>
    public static Column Of(IReadOnlyList<string?> texts)
    {
        var table = StringTable.Of(texts.Select(text => text ?? ""));
        var nulls = texts.Count(text => text is null);
        var validity = new byte[nulls == 0 ? 0 : Bitmap.Bytes(texts.Count)];
        for (var row = 0; row < texts.Count && nulls > 0; row++)
        {
            if (texts[row] is not null)
            {
                Bitmap.Set(validity, row);
            }
        }

        return new Column
        {
            Type = ColumnType.String,
            Length = texts.Count,
            NullCount = nulls,
            Validity = validity,
            Data = table.Utf8,
            Offsets = table.OffsetBytes,
        };
    }

    /// <summary>A run of the rows, over the same values.</summary>
    /// <param name="first">First row of the run.</param>
    /// <param name="count">Number of rows.</param>
    public Column Slice(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length - first);
        var nulls = NullCount == 0 ? 0 : count - Bitmap.CountOnes(Validity.Span, first, count);
        var validity = nulls == 0 ? [] : new byte[Bitmap.Bytes(count)];
        if (nulls > 0)
        {
            Bitmap.Copy(Validity.Span, first, count, validity);
        }

        var isPlain = Type == ColumnType.String && Dictionary is null;
        var width = Type == ColumnType.String ? sizeof(int) : Type.Width();
        return new Column
        {
            Type = Type,
            Length = count,
            NullCount = nulls,
            Validity = validity,
            Data = isPlain ? Data : Data.Slice(first * width, count * width),
            Offsets = isPlain ? Offsets.Slice(first * sizeof(int), (count + 1) * sizeof(int)) : default,
            Dictionary = Dictionary,
        };
    }

    /// <summary>Whether a row is not null.</summary>
    /// <param name="row">From 0 to <see cref="Length"/> - 1.</param>
    public bool IsValid(int row) => NullCount == 0 || Bitmap.Get(Validity.Span, row);

    /// <summary>The bytes of one text, whichever form the strings have.</summary>
    /// <param name="row">From 0 to <see cref="Length"/> - 1; a null row gives no bytes or those of code 0.</param>
    public ReadOnlySpan<byte> Utf8(int row)
    {
        if (Dictionary is { } dictionary)
        {
            return dictionary[MemoryMarshal.Cast<byte, int>(Data.Span)[row]];
        }

        var offsets = MemoryMarshal.Cast<byte, int>(Offsets.Span);
        return Data.Span[offsets[row]..offsets[row + 1]];
    }
}
