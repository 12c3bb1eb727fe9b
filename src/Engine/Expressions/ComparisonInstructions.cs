using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Expressions;

/// <summary>A relation of two vectors: all bits of a lane are set where it holds.</summary>
internal interface IRelation<T>
    where T : unmanaged
{
    static abstract Vector512<T> Holds(Vector512<T> left, Vector512<T> right);
}

internal readonly struct EqualInteger : IRelation<long>
{
    public static Vector512<long> Holds(Vector512<long> left, Vector512<long> right) => Vector512.Equals(left, right);
}

internal readonly struct LessInteger : IRelation<long>
{
    public static Vector512<long> Holds(Vector512<long> left, Vector512<long> right) => Vector512.LessThan(left, right);
}

/// <summary>NaN equals itself, and 0.0 equals -0.0.</summary>
internal readonly struct EqualFloat : IRelation<double>
{
    public static Vector512<double> Holds(Vector512<double> left, Vector512<double> right) =>
        Vector512.Equals(left, right) | (~Vector512.Equals(left, left) & ~Vector512.Equals(right, right));
}

/// <summary>NaN is above every number.</summary>
internal readonly struct LessFloat : IRelation<double>
{
    public static Vector512<double> Holds(Vector512<double> left, Vector512<double> right) =>
        Vector512.LessThan(left, right) | (Vector512.Equals(left, left) & ~Vector512.Equals(right, right));
}

/// <summary>A relation of two slots, or its opposite.</summary>
internal sealed unsafe class Comparison<T, TRelation>(int left, int right, bool negated) : Instruction
    where T : unmanaged
    where TRelation : IRelation<T>
{
    public override void Run(Frame frame)
    {
        var (l, r) = (frame.Slots[left], frame.Slots[right]);
        var target = frame.TakeBits();
        var flip = (byte)(negated ? 0xFF : 0);
        for (nint i = 0; i < frame.Count; i += 8)
        {
            var holds = TRelation.Holds(Vector512.Load((T*)l.Data + (i & l.Mask)), Vector512.Load((T*)r.Data + (i & r.Mask)));
            ((byte*)target)[i >> 3] = (byte)((byte)holds.ExtractMostSignificantBits() ^ flip);
        }

        frame.Slots[Target] = Lanes.Of(target) with { Valid = frame.Both(l.Valid, r.Valid), Errors = frame.Either(l.Errors, r.Errors) };
    }
}

/// <summary>A relation of 64 bools.</summary>
internal interface IBoolRelation
{
    static abstract ulong Holds(ulong left, ulong right);
}

internal readonly struct EqualBool : IBoolRelation
{
    public static ulong Holds(ulong left, ulong right) => ~(left ^ right);
}

/// <summary>False is below true.</summary>
internal readonly struct LessBool : IBoolRelation
{
    public static ulong Holds(ulong left, ulong right) => ~left & right;
}

/// <summary>A relation of two slots of bools, or its opposite.</summary>
internal sealed unsafe class BoolComparison<TRelation>(int left, int right, bool negated) : Instruction
    where TRelation : IBoolRelation
{
    public override void Run(Frame frame)
    {
        var (l, r) = (frame.Slots[left], frame.Slots[right]);
        var target = frame.TakeBits();
        var flip = negated ? ulong.MaxValue : 0;
        for (nint i = 0; i < frame.Words; i++)
        {
            target[i] = TRelation.Holds(l.Word(i), r.Word(i)) ^ flip;
        }

        frame.Slots[Target] = Lanes.Of(target) with { Valid = frame.Both(l.Valid, r.Valid), Errors = frame.Either(l.Errors, r.Errors) };
    }
}
