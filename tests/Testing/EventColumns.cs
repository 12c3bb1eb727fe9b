using System.Runtime.InteropServices;
using System.Text;
using FeatureService.Core.Columns;
using FeatureService.Engine.Snapshots;

namespace FeatureService.Testing;

/// <summary>From plain values to the columns of a snapshot.</summary>
public static class EventColumns
{
    /// <summary>A column of the given values.</summary>
    /// <param name="type">The column's type.</param>
    /// <param name="values">Null or the type's value, as <see cref="EventRow.Values"/> says.</param>
    /// <exception cref="ArgumentException">A value has another type than the column.</exception>
    public static EventColumn Of(ColumnType type, IReadOnlyList<object?> values)
    {
        var texts = type == ColumnType.String ? Texts(values) : [];
        var codes = texts.Index().ToDictionary(text => text.Item, text => (object)text.Index);
        return new EventColumn
        {
            Type = type,
            Data = type switch
            {
                ColumnType.Bool => Bits(values, value => value is not null && Expect<bool>(value)),
                ColumnType.Int64 or ColumnType.Timestamp => Bytes<long>(values),
                ColumnType.Float64 => Bytes<double>(values),
                ColumnType.Date => Bytes<int>(values),
                ColumnType.String => Bytes<int>([.. values.Select(value => value is null ? null : codes[(string)value])]),
                _ => throw new ArgumentException($"no column has the type {type.Name()}"),
            },
            Validity = values.Contains(null) ? Bits(values, value => value is not null) : default,
            Dictionary = type == ColumnType.String ? StringTable.Of(texts) : null,
        };
    }

    private static List<string> Texts(IReadOnlyList<object?> values)
    {
        var texts = values.Where(value => value is not null).Select(value => Expect<string>(value!)).Distinct().ToList();
        texts.Sort((left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));
        return texts;
    }

    private static byte[] Bytes<T>(IReadOnlyList<object?> values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>([.. values.Select(value => value is null ? default : Expect<T>(value))]).ToArray();

    private static byte[] Bits(IReadOnlyList<object?> values, Func<object?, bool> isSet)
    {
        var bits = new byte[Bitmap.Bytes(values.Count)];
        for (var i = 0; i < values.Count; i++)
        {
            if (isSet(values[i]))
            {
                Bitmap.Set(bits, i);
            }
        }

        return bits;
    }

    private static T Expect<T>(object value) => value is T typed
        ? typed
        : throw new ArgumentException($"expected a {typeof(T).Name}, not the {value.GetType().Name} {value}");
}
