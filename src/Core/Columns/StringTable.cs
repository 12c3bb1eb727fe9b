using System.Runtime.InteropServices;
using System.Text;

namespace FeatureService.Core.Columns;

/// <summary>An immutable list of UTF-8 texts: one run of bytes and <c>Count + 1</c> int32 offsets into it.</summary>
public sealed class StringTable
{
    private readonly ReadOnlyMemory<byte> _offsets;
    private readonly ReadOnlyMemory<byte> _utf8;

    /// <summary>Wraps bytes that are already laid out; nothing is copied.</summary>
    /// <param name="count">Number of texts.</param>
    /// <param name="offsets">Little-endian int32, <paramref name="count"/> + 1 of them, not descending.</param>
    /// <param name="utf8">The texts' bytes.</param>
    public StringTable(int count, ReadOnlyMemory<byte> offsets, ReadOnlyMemory<byte> utf8)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offsets.Length, checked((count + 1) * sizeof(int)));
        Count = count;
        _offsets = offsets;
        _utf8 = utf8;
    }

    /// <summary>A table without texts.</summary>
    public static StringTable Empty { get; } = new(0, new byte[sizeof(int)], default);

    /// <summary>Number of texts.</summary>
    public int Count { get; }

    /// <summary>The offsets, <see cref="Count"/> + 1 of them.</summary>
    public ReadOnlySpan<int> Offsets => MemoryMarshal.Cast<byte, int>(_offsets.Span)[..(Count + 1)];

    /// <summary>The offsets as little-endian bytes.</summary>
    public ReadOnlyMemory<byte> OffsetBytes => _offsets[..((Count + 1) * sizeof(int))];

    /// <summary>All texts' bytes, one after the other.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>The bytes of one text.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var offsets = Offsets;
            return _utf8.Span[offsets[index]..offsets[index + 1]];
        }
    }

    /// <summary>One text, decoded.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public string Text(int index) => Encoding.UTF8.GetString(this[index]);

    /// <summary>A table of the given texts in the given order.</summary>
    /// <param name="texts">The texts.</param>
    public static StringTable Of(IEnumerable<string> texts)
    {
        var offsets = new List<int> { 0 };
        var utf8 = new List<byte>();
        foreach (var text in texts)
        {
            utf8.AddRange(Encoding.UTF8.GetBytes(text));
            offsets.Add(utf8.Count);
        }

        return new StringTable(offsets.Count - 1, MemoryMarshal.AsBytes<int>(offsets.ToArray()).ToArray(), utf8.ToArray());
    }
}
