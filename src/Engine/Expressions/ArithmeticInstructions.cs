using System.Runtime.Intrinsics;

namespace FeatureService.Engine.Expressions;

/// <summary>An operator on two slots that has a value wherever both have one.</summary>
internal sealed unsafe class Binary<T, TOperator>(int left, int right) : Instruction
    where T : unmanaged
    where TOperator : IBinaryOperator<T>
{
    public override void Run(Frame frame)
    {
        var (l, r) = (frame.Slots[left], frame.Slots[right]);
        var target = frame.Take<T>();
        for (nint i = 0; i < frame.Count; i += Vector512<T>.Count)
        {
            TOperator.Apply(Vector512.Load((T*)l.Data + (i & l.Mask)), Vector512.Load((T*)r.Data + (i & r.Mask))).Store(target + i);
        }

        frame.Slots[Target] = Lanes.Of(target) with { Valid = frame.Both(l.Valid, r.Valid), Errors = frame.Either(l.Errors, r.Errors) };
    }
}

/// <summary>An int64 operator on two slots; a lane whose operands are valid and whose result overflows is in error.</summary>
internal sealed unsafe class Overflowing<TOperator>(int left, int right) : Instruction
    where TOperator : IOverflowingOperator
{
    public override void Run(Frame frame)
    {
        var (l, r) = (frame.Slots[left], frame.Slots[right]);
        var valid = frame.Both(l.Valid, r.Valid);
        var errors = frame.Either(l.Errors, r.Errors);
        var target = frame.Take<long>();
        var overflows = frame.TakeBits();
        ulong any = 0;
        for (nint i = 0; i < frame.Count; i += 8)
        {
            var (a, b) = (l.Longs(i), r.Longs(i));
            var value = TOperator.Apply(a, b);
            value.Store(target + i);
            var bits = (byte)TOperator.Overflow(a, b, value).ExtractMostSignificantBits();
            ((byte*)overflows)[i >> 3] = bits;
            any |= bits;
        }

        if (any != 0 && Keep(overflows, valid, frame))
        {
            errors = frame.Either(errors, overflows);
            valid = frame.Except(valid, errors);
        }

        frame.Slots[Target] = Lanes.Of(target) with { Valid = valid, Errors = errors };
    }

    /// <summary>Keeps the overflows of valid lanes; what lies behind the last lane or under a null is no overflow.</summary>
    private static bool Keep(ulong* overflows, ulong* valid, Frame frame)
    {
        ulong any = 0;
        for (nint i = 0; i < frame.Words; i++)
        {
            overflows[i] &= BitWords.InRange(i, frame.Count) & (valid == null ? ulong.MaxValue : valid[i]);
            any |= overflows[i];
        }

        return any != 0;
    }
}

/// <summary>A quotient, null where the divisor is 0.</summary>
internal sealed unsafe class Division(int left, int right) : Instruction
{
    public override void Run(Frame frame)
    {
        var (l, r) = (frame.Slots[left], frame.Slots[right]);
        var target = frame.Take<double>();
        var defined = frame.TakeBits();
        for (nint i = 0; i < frame.Count; i += 8)
        {
            var divisor = r.Doubles(i);
            (l.Doubles(i) / divisor).Store(target + i);
            ((byte*)defined)[i >> 3] = (byte)~Vector512.Equals(divisor, Vector512<double>.Zero).ExtractMostSignificantBits();
        }

        frame.Slots[Target] = Lanes.Of(target) with
        {
            Valid = frame.Both(frame.Both(l.Valid, r.Valid), defined),
            Errors = frame.Either(l.Errors, r.Errors),
        };
    }
}

/// <summary>A scalar operator on two slots that is null where it has no value.</summary>
internal sealed unsafe class Partial<T, TOperator>(int left, int right) : Instruction
    where T : unmanaged
    where TOperator : IPartialOperator<T>
{
    public override void Run(Frame frame)
    {
        var (l, r) = (frame.Slots[left], frame.Slots[right]);
        var target = frame.Take<T>();
        var defined = frame.TakeBits();
        BitWords.Fill(defined, frame.Count, ulong.MaxValue);
        var all = true;
        for (nint i = 0; i < frame.Count; i++)
        {
            if (!TOperator.Try(((T*)l.Data)[i & l.Mask], ((T*)r.Data)[i & r.Mask], out target[i]))
            {
                BitWords.Clear(defined, i);
                all = false;
            }
        }

        var valid = frame.Both(l.Valid, r.Valid);
        frame.Slots[Target] = Lanes.Of(target) with
        {
            Valid = all ? valid : frame.Both(valid, defined),
            Errors = frame.Either(l.Errors, r.Errors),
        };
    }
}
