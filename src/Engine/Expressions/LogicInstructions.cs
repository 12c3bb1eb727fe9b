namespace FeatureService.Engine.Expressions;

/// <summary>Three-valued <c>and</c> or <c>or</c>; an error on either side stays one.</summary>
internal sealed unsafe class Connective(int left, int right, bool isAnd) : Instruction
{
    public override void Run(Frame frame)
    {
        var (l, r) = (frame.Slots[left], frame.Slots[right]);
        var errors = frame.Either(l.Errors, r.Errors);
        var target = frame.TakeBits();
        var valid = l.Valid == null && r.Valid == null ? null : frame.TakeBits();
        // By De Morgan: what decides is false for `and`, true for `or`.
        var flip = isAnd ? ulong.MaxValue : 0;
        for (nint i = 0; i < frame.Words; i++)
        {
            var (knownLeft, knownRight) = (l.ValidWord(i), r.ValidWord(i));
            var decides = ((l.Word(i) ^ flip) & knownLeft) | ((r.Word(i) ^ flip) & knownRight);
            target[i] = decides ^ flip;
            if (valid != null)
            {
                valid[i] = (decides | (knownLeft & knownRight)) & ~(errors == null ? 0 : errors[i]);
            }
        }

        frame.Slots[Target] = Lanes.Of(target) with { Valid = valid, Errors = errors };
    }
}

/// <summary>Three-valued <c>not</c>.</summary>
internal sealed unsafe class Negation(int operand) : Instruction
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        var target = frame.TakeBits();
        for (nint i = 0; i < frame.Words; i++)
        {
            target[i] = ~source.Word(i);
        }

        frame.Slots[Target] = source with { Data = target, Mask = -1 };
    }
}

/// <summary>Whether a slot is null.</summary>
internal sealed unsafe class NullTest(int operand) : Instruction
{
    public override void Run(Frame frame)
    {
        var source = frame.Slots[operand];
        var target = frame.TakeBits();
        for (nint i = 0; i < frame.Words; i++)
        {
            target[i] = ~source.ValidWord(i);
        }

        frame.Slots[Target] = Lanes.Of(target) with { Valid = frame.Except(null, source.Errors), Errors = source.Errors };
    }
}
