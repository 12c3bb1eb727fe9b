using System.IO.Hashing;
using System.Runtime.InteropServices;
using FeatureService.Core.Columns;

namespace FeatureService.Engine.Execution;

/// <summary>The texts of a column that is put together from several, each with codes of its own. Safe from any thread.</summary>
internal sealed class TextUnion
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ReadOnlyMemory<byte>, int> _codes = new(ByBytes.Instance);
    private readonly List<int> _offsets = [0];
    private readonly List<byte> _utf8 = [];

    /// <summary>The texts, once all are there.</summary>
    public StringTable Table
    {
        get
        {
            lock (_lock)
            {
                return new StringTable(_offsets.Count - 1, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_offsets)).ToArray(), _utf8.ToArray());
            }
        }
    }

    /// <summary>The rows' codes in this union; 0 where a row is null.</summary>
    /// <param name="column">A coded column.</param>
    /// <param name="dictionary">Its texts.</param>
    public int[] Recode(Column column, StringTable dictionary)
    {
        var codes = new int[column.Length];
        var known = new Dictionary<int, int>();
        var given = column.Values<int>();
        var valid = column.Validity.Span;
        for (var row = 0; row < codes.Length; row++)
        {
            if (column.NullCount > 0 && !Bitmap.Get(valid, row))
            {
                continue;
            }

            ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(known, given[row], out var isKnown);
            if (!isKnown)
            {
                code = CodeOf(dictionary[given[row]]);
            }

            codes[row] = code;
        }

        return codes;
    }

    private int CodeOf(ReadOnlySpan<byte> text)
    {
        lock (_lock)
        {
            if (_codes.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(text, out var code))
            {
                return code;
            }

            _codes.Add(text.ToArray(), _codes.Count);
            _utf8.AddRange(text);
            _offsets.Add(_utf8.Count);
            return _codes.Count - 1;
        }
    }

    private sealed class ByBytes : IEqualityComparer<ReadOnlyMemory<byte>>, IAlternateEqualityComparer<ReadOnlySpan<byte>, ReadOnlyMemory<byte>>
    {
        public static ByBytes Instance { get; } = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public bool Equals(ReadOnlySpan<byte> alternate, ReadOnlyMemory<byte> other) => alternate.SequenceEqual(other.Span);

        public int GetHashCode(ReadOnlyMemory<byte> text) => GetHashCode(text.Span);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)XxHash3.HashToUInt64(alternate);

        public ReadOnlyMemory<byte> Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
