using System.Globalization;
using System.Runtime.InteropServices;
using FeatureService.Core.Columns;

namespace FeatureService.Bench.Micro;

/// <summary>Columns as datasets have them, one for each form in which values travel.</summary>
/// <param name="name">What lies in it.</param>
/// <param name="encoding">The form that is found for it.</param>
/// <param name="column">The rows.</param>
public sealed class TypicalColumn(string name, ColumnEncoding encoding, Column column)
{
    /// <summary>Rows of a run of a stream's messages.</summary>
    public const int Rows = 30 * 1024;

    private const int WeeksOfEntity = 260;

    /// <summary>The form that is found for it.</summary>
    public ColumnEncoding Encoding => encoding;

    /// <summary>The rows.</summary>
    public Column Column => column;

    /// <summary>All of them.</summary>
    /// <param name="rows">Number of rows.</param>
    public static IEnumerable<TypicalColumn> All(int rows = Rows)
    {
        var random = new Random(1);
        yield return new("constant", ColumnEncoding.Repeated, Floats(rows, _ => 0));
        yield return new("weeks", ColumnEncoding.Repeated, Of(ColumnType.Date, rows, row => 19_000 + (7 * (row % WeeksOfEntity))));
        yield return new("keys", ColumnEncoding.Runs, Of(ColumnType.Int64, rows, row => 5_000_000_000_000L + (row / WeeksOfEntity * 7919L * 7919)));
        yield return new("counts, float32", ColumnEncoding.Narrow, Floats(rows, _ => random.Next(0, 60)));
        yield return new("counts, int64", ColumnEncoding.Narrow, Of(ColumnType.Int64, rows, _ => (long)random.Next(0, 60)));
        yield return new("sums, int64", ColumnEncoding.Narrow, Of(ColumnType.Int64, rows, _ => (long)random.Next(0, 900_000)));
        yield return new("sparse float32", ColumnEncoding.Sparse, Floats(rows, _ => random.Next(10) == 0 ? random.NextSingle() : 0));
        yield return new("dense float32", ColumnEncoding.Plain, Floats(rows, _ => random.NextSingle()));
        yield return new("float32, 1/4 null", ColumnEncoding.Sparse, WithNulls(random, rows));
        yield return new("dense float64", ColumnEncoding.Plain, Of(ColumnType.Float64, rows, _ => random.NextDouble()));
        yield return new("statuses", ColumnEncoding.Runs, Coded(rows, ["no_history", "ok"], row => row % WeeksOfEntity < 80 ? 0 : 1));
        yield return new("texts of 40", ColumnEncoding.Narrow, Coded(rows, Enumerable.Range(0, 40).Select(area => $"area {area:00}"), _ => random.Next(40)));
        yield return new("texts, all unlike", ColumnEncoding.Plain, Column.Of([.. Enumerable.Range(0, rows).Select(row => Different(random, row))]));
    }

    /// <inheritdoc/>
    public override string ToString() => name;

    private static string Different(Random random, int row) => string.Create(CultureInfo.InvariantCulture, $"{random.NextInt64():x16}-{row}");

    private static Column Floats(int rows, Func<int, float> value) => Of(ColumnType.Float32, rows, value);

    private static Column Of<T>(ColumnType type, int rows, Func<int, T> value)
        where T : unmanaged => Column.Of<T>(type, [.. Enumerable.Range(0, rows).Select(value)]);

    /// <summary>Texts as the engine has them.</summary>
    private static Column Coded(int rows, IEnumerable<string> texts, Func<int, int> code) => new()
    {
        Type = ColumnType.String,
        Length = rows,
        Data = MemoryMarshal.AsBytes<int>(Enumerable.Range(0, rows).Select(code).ToArray()).ToArray(),
        Dictionary = StringTable.Of(texts),
    };

    private static Column WithNulls(Random random, int rows)
    {
        var validity = new byte[Bitmap.Bytes(rows)];
        var nulls = 0;
        var values = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            if (random.Next(4) == 0)
            {
                nulls++;
            }
            else
            {
                values[row] = random.NextSingle();
                Bitmap.Set(validity, row);
            }
        }

        var whole = Column.Of<float>(ColumnType.Float32, values);
        return new Column { Type = whole.Type, Length = rows, NullCount = nulls, Validity = validity, Data = whole.Data };
    }
}
