using System.Buffers.Binary;
using System.Numerics;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>The runs of ones in a bitmap, from the first to the last: what lies together is copied at once.</summary>
/// <param name="bitmap">The bitmap.</param>
/// <param name="length">Number of bits; those behind are not read.</param>
public ref struct BitRuns(ReadOnlySpan<byte> bitmap, int length)
{
    private readonly ReadOnlySpan<byte> _bitmap = bitmap;
    private readonly int _length = length;
    private int _end;

    /// <summary>First bit of the run.</summary>
    public int Start { get; private set; }

    /// <summary>Number of ones.</summary>
    public readonly int Count => _end - Start;

    /// <summary>Goes to the next run; false behind the last.</summary>
    public bool MoveNext()
    {
        Start = Find(_end, inverted: 0);
        _end = Find(Start, inverted: ulong.MaxValue);
        return Start < _length;
    }

    /// <summary>The first bit from a place on that is 1, or 0 where bits are inverted.</summary>
    private readonly int Find(int from, ulong inverted)
    {
        for (var word = from & ~63; word < _length; word += 64)
        {
            var bits = Word(word) ^ inverted;
            if (word < from)
            {
                bits &= ulong.MaxValue << (from & 63);
            }

            if (bits != 0)
            {
                return Math.Min(_length, word + BitOperations.TrailingZeroCount(bits));
            }
        }

        return _length;
    }

    private readonly ulong Word(int bit)
    {
        var bytes = _bitmap[(bit >> 3)..];
        if (bytes.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        Span<byte> last = stackalloc byte[sizeof(ulong)];
        last.Clear();
        bytes.CopyTo(last);
        return BinaryPrimitives.ReadUInt64LittleEndian(last);
    }
}
