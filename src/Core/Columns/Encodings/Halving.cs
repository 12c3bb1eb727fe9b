using System.Numerics;
using System.Runtime.InteropServices;

namespace FeatureService.Core.Columns.Encodings;

/// <summary>Between unsigned integers and those of half their width.</summary>
internal interface IHalving<TWide, TNarrow>
    where TWide : unmanaged
    where TNarrow : unmanaged
{
    /// <summary>The low halves.</summary>
    static abstract Vector<TNarrow> Narrow(Vector<TWide> low, Vector<TWide> high);

    /// <summary>The numbers at twice the width.</summary>
    static abstract void Widen(Vector<TNarrow> narrow, out Vector<TWide> low, out Vector<TWide> high);
}

/// <summary>64 to 32 bits.</summary>
internal readonly struct Half64 : IHalving<ulong, uint>
{
    public static Vector<uint> Narrow(Vector<ulong> low, Vector<ulong> high) => Vector.Narrow(low, high);

    public static void Widen(Vector<uint> narrow, out Vector<ulong> low, out Vector<ulong> high) => Vector.Widen(narrow, out low, out high);
}

/// <summary>32 to 16 bits.</summary>
internal readonly struct Half32 : IHalving<uint, ushort>
{
    public static Vector<ushort> Narrow(Vector<uint> low, Vector<uint> high) => Vector.Narrow(low, high);

    public static void Widen(Vector<ushort> narrow, out Vector<uint> low, out Vector<uint> high) => Vector.Widen(narrow, out low, out high);
}

/// <summary>16 to 8 bits.</summary>
internal readonly struct Half16 : IHalving<ushort, byte>
{
    public static Vector<byte> Narrow(Vector<ushort> low, Vector<ushort> high) => Vector.Narrow(low, high);

    public static void Widen(Vector<byte> narrow, out Vector<ushort> low, out Vector<ushort> high) => Vector.Widen(narrow, out low, out high);
}

/// <summary>Runs of integers at another width; their number is a multiple of every vector's lanes.</summary>
internal static class Halving
{
    /// <summary>The low halves of numbers.</summary>
    public static void Narrow<TForm, TWide, TNarrow>(ReadOnlySpan<TWide> wide, Span<TNarrow> narrow)
        where TForm : IHalving<TWide, TNarrow>
        where TWide : unmanaged
        where TNarrow : unmanaged
    {
        ref var from = ref MemoryMarshal.GetReference(wide);
        ref var to = ref MemoryMarshal.GetReference(narrow[..wide.Length]);
        for (var i = 0; i < wide.Length; i += Vector<TNarrow>.Count)
        {
            var low = Vector.LoadUnsafe(ref from, (nuint)i);
            TForm.Narrow(low, Vector.LoadUnsafe(ref from, (nuint)(i + Vector<TWide>.Count))).StoreUnsafe(ref to, (nuint)i);
        }
    }

    /// <summary>Numbers at twice their width.</summary>
    public static void Widen<TForm, TWide, TNarrow>(ReadOnlySpan<TNarrow> narrow, Span<TWide> wide)
        where TForm : IHalving<TWide, TNarrow>
        where TWide : unmanaged
        where TNarrow : unmanaged
    {
        ref var from = ref MemoryMarshal.GetReference(narrow);
        ref var to = ref MemoryMarshal.GetReference(wide[..narrow.Length]);
        for (var i = 0; i < narrow.Length; i += Vector<TNarrow>.Count)
        {
            TForm.Widen(Vector.LoadUnsafe(ref from, (nuint)i), out var low, out var high);
            low.StoreUnsafe(ref to, (nuint)i);
            high.StoreUnsafe(ref to, (nuint)(i + Vector<TWide>.Count));
        }
    }
}
