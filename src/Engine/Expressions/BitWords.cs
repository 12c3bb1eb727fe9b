using System.Numerics;

namespace FeatureService.Engine.Expressions;

/// <summary>Bitmaps as words of 64 bits, least significant bit first. Bits behind the last row of a bitmap are undefined.</summary>
internal static unsafe class BitWords
{
    /// <summary>Words that hold so many bits.</summary>
    public static long Count(long bits) => (bits + 63) >> 6;

    /// <summary>Whether a bit is set.</summary>
    public static bool Get(ulong* words, long bit) => (words[bit >> 6] >> (int)(bit & 63) & 1) != 0;

    /// <summary>Sets a bit.</summary>
    public static void Set(ulong* words, long bit) => words[bit >> 6] |= 1UL << (int)(bit & 63);

    /// <summary>Clears a bit.</summary>
    public static void Clear(ulong* words, long bit) => words[bit >> 6] &= ~(1UL << (int)(bit & 63));

    /// <summary>Sets whole words.</summary>
    public static void Fill(ulong* words, long bits, ulong value) => new Span<ulong>(words, (int)Count(bits)).Fill(value);

    /// <summary>The word with only the bits below the end of a bitmap: all for every word but the last.</summary>
    public static ulong InRange(long word, long bits)
    {
        var left = bits - (word << 6);
        return left >= 64 ? ulong.MaxValue : (1UL << (int)left) - 1;
    }

    /// <summary>Number of bits that are set.</summary>
    public static long PopCount(ulong* words, long bits)
    {
        long count = 0;
        for (long word = 0; word < Count(bits); word++)
        {
            count += BitOperations.PopCount(words[word] & InRange(word, bits));
        }

        return count;
    }

    /// <summary>Whether any bit is set.</summary>
    public static bool Any(ulong* words, long bits)
    {
        for (long word = 0; word < Count(bits); word++)
        {
            if ((words[word] & InRange(word, bits)) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads up to 64 bits that start anywhere in a run of bytes; no byte behind them is touched.</summary>
    public static ulong Read(byte* bytes, long bit, int count)
    {
        var start = bytes + (bit >> 3);
        var shift = (int)(bit & 7);
        var length = (shift + count + 7) >> 3;
        ulong value = 0;
        if (length >= 8)
        {
            value = *(ulong*)start >> shift;
            if (length == 9)
            {
                value |= (ulong)start[8] << (64 - shift);
            }
        }
        else
        {
            for (var i = 0; i < length; i++)
            {
                value |= (ulong)start[i] << (8 * i);
            }

            value >>= shift;
        }

        return count == 64 ? value : value & ((1UL << count) - 1);
    }

    /// <summary>Copies bits to a place that is all zero so far.</summary>
    public static void Copy(byte* source, long sourceBit, ulong* target, long targetBit, long count)
    {
        while (count > 0)
        {
            var step = (int)Math.Min(64, count);
            var value = Read(source, sourceBit, step);
            var shift = (int)(targetBit & 63);
            target[targetBit >> 6] |= value << shift;
            if (shift + step > 64)
            {
                target[(targetBit >> 6) + 1] |= value >> (64 - shift);
            }

            sourceBit += step;
            targetBit += step;
            count -= step;
        }
    }

    /// <summary>Sets a run of bits in a place that is all zero so far.</summary>
    public static void SetRange(ulong* target, long bit, long count)
    {
        for (; count > 0 && (bit & 63) != 0; count--)
        {
            Set(target, bit++);
        }

        for (; count >= 64; count -= 64, bit += 64)
        {
            target[bit >> 6] = ulong.MaxValue;
        }

        for (; count > 0; count--)
        {
            Set(target, bit++);
        }
    }
}
