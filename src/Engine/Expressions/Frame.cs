using FeatureService.Core.Columns;

namespace FeatureService.Engine.Expressions;

/// <summary>One evaluation of a <see cref="VectorProgram"/>: its slots, how many lanes they have, and where their memory comes from.</summary>
internal sealed unsafe class Frame
{
    /// <summary>An evaluation.</summary>
    /// <param name="slots">Number of the program's slots.</param>
    /// <param name="arena">Memory of the values.</param>
    public Frame(int slots, Arena arena)
    {
        Arena = arena;
        Slots = new SlotValues(slots, this);
    }

    /// <summary>The values, by slot.</summary>
    public SlotValues Slots { get; }

    /// <summary>Memory of the values.</summary>
    public Arena Arena { get; }

    /// <summary>Number of lanes.</summary>
    public int Count { get; set; }

    /// <summary>Tables of the texts that the lanes' codes mean.</summary>
    public Binding Binding { get; set; } = Binding.Empty;

    /// <summary>Number of words of a bitmap of the lanes.</summary>
    public nint Words => (nint)BitWords.Count(Count);

    /// <summary>Room for int64 or float64 lanes.</summary>
    public T* Take<T>()
        where T : unmanaged => Arena.Take<T>(Count);

    /// <summary>Room for a bitmap.</summary>
    public ulong* TakeBits() => Arena.Take<ulong>(Words);

    /// <summary>Both valid; null pointers where all are.</summary>
    public ulong* Both(ulong* left, ulong* right)
    {
        if (left == null || right == null || left == right)
        {
            return left == null ? right : left;
        }

        var result = TakeBits();
        for (nint i = 0; i < Words; i++)
        {
            result[i] = left[i] & right[i];
        }

        return result;
    }

    /// <summary>Either in error; null pointers where none is.</summary>
    public ulong* Either(ulong* left, ulong* right)
    {
        if (left == null || right == null || left == right)
        {
            return left == null ? right : left;
        }

        var result = TakeBits();
        for (nint i = 0; i < Words; i++)
        {
            result[i] = left[i] | right[i];
        }

        return result;
    }

    /// <summary>Validity without the lanes in error.</summary>
    public ulong* Except(ulong* valid, ulong* errors)
    {
        if (errors == null)
        {
            return valid;
        }

        var result = TakeBits();
        for (nint i = 0; i < Words; i++)
        {
            result[i] = (valid == null ? ulong.MaxValue : valid[i]) & ~errors[i];
        }

        return result;
    }
}

/// <summary>What a program's slots of texts mean in one slice, and tables of what functions make of them. Immutable once bound.</summary>
internal sealed class Binding(int slots, int tables)
{
    /// <summary>A binding of a program without texts.</summary>
    public static Binding Empty { get; } = new(0, 0);

    /// <summary>By slot the texts that its codes count into, ascending by bytes; null for slots that hold no text.</summary>
    public StringTable?[] Texts { get; } = new StringTable?[slots];

    /// <summary>By number of the instruction that uses it, a table by code.</summary>
    public long[][] Tables { get; } = new long[tables][];
}
